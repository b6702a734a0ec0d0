# shellcheck shell=bash
# Saves a snapshot of etcd on this machine's own disk before an upgrade, and verifies it.

readonly SNAPSHOTS=$STATE/snapshots

# write_snapshot FILE: reads etcd's answer, lines of JSON, and writes the database. Its last 32 bytes are the SHA-256 of the others.
write_snapshot() {
  python3 -c '
import base64, hashlib, json, os, shutil, sys
digest, tail, size = hashlib.sha256(), b"", 0
with open(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
    for line in sys.stdin:
        answer = json.loads(line)
        if "result" not in answer:
            sys.exit("etcd gives no snapshot: %s" % str(answer.get("error", answer))[:300])
        blob = base64.b64decode(answer["result"].get("blob", ""))
        if size == 0:
            needed = len(blob) + int(answer["result"].get("remaining_bytes", 0))
            free = shutil.disk_usage(os.path.dirname(sys.argv[1])).free
            if needed + 2 ** 27 > free:
                sys.exit("the disk has no room for a snapshot of etcd: it needs %d MiB and %d are free" % (needed >> 20, free >> 20))
        file.write(blob)
        size += len(blob)
        tail += blob
        digest.update(tail[:-32])
        tail = tail[-32:]
    file.flush()
    os.fsync(file.fileno())
if size <= 32 or digest.digest() != tail:
    sys.exit("the snapshot of etcd is broken: its SHA-256 is not the one at its end")
print("%.1f MiB" % (size / 2 ** 20))' "$1"
}

# save_snapshot ENDPOINT NAME: saves a snapshot through this member, and removes the earlier ones.
save_snapshot() {
  local file=$SNAPSHOTS/before-$2.db size
  install -d -m 0700 "$SNAPSHOTS"
  rm -f "$SNAPSHOTS"/*.new
  size=$(curl --silent --show-error --fail --no-buffer --connect-timeout 3 --max-time 500 \
    --cacert "$ETCD_CA" --cert "$ETCD_CERT" --key "$ETCD_KEY" --data '{}' "$1/v3/maintenance/snapshot" | write_snapshot "$file.new") ||
    fail "etcd was not saved before its upgrade; see above. Nothing has changed yet"
  mv "$file.new" "$file"
  find "$SNAPSHOTS" -name 'before-*.db' -not -path "$file" -delete
  progress "etcd is saved in $file ($size)"
}
