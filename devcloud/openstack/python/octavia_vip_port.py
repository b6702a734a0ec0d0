"""Octavia's network driver for load balancers that are objects only."""

from octavia.network.drivers.neutron import allowed_address_pairs
from octavia.network.drivers.noop_driver import driver


class VipPortDriver(driver.NoopNetworkDriver):
    """Does nothing, but deletes the port of a load balancer's address with it.

    The API makes that port in Neutron. Left behind, it would keep its subnet from being deleted for ever.
    """

    def deallocate_vip(self, vip):
        allowed_address_pairs.AllowedAddressPairsDriver().deallocate_vip(vip)
