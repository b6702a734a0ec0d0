#!/usr/bin/env bash
# PID 1 of the cloud's namespaces: prepares their mounts and network, then becomes supervisord. Everything made here (mounts, loop devices,
# bridges, firewall rules, processes) ends with this process.
set -euo pipefail

data_dir=$1 run_dir=$2 wrappers=$3

has_cgroup2_only() {
  [[ $(stat --file-system --format=%T /sys/fs/cgroup) == cgroup2fs ]]
}

# libvirt makes a group for each instance below the root that it sees. On cgroup2, such a root must not hold processes itself. So the cloud
# gets a group as its root, with a group below it for its own processes.
if has_cgroup2_only && [[ -z ${CLOUD_GROUP:-} ]]; then
  export CLOUD_GROUP=/sys/fs/cgroup/caravan-devcloud
  sed 's/[a-z]*/+&/g' /sys/fs/cgroup/cgroup.controllers > /sys/fs/cgroup/cgroup.subtree_control
  mkdir -p $CLOUD_GROUP/services
  echo 0 > $CLOUD_GROUP/cgroup.procs
  exec unshare --cgroup -- "$0" "$@"
fi

mount_kernel_views() {
  mount -t proc proc /proc
  # The agents look for their bridges in /sys, which shows the network namespace in which it was mounted.
  if has_cgroup2_only; then
    mount -t sysfs sysfs /sys
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    echo 0 > /sys/fs/cgroup/services/cgroup.procs
  else
    mkdir -p "$run_dir/cgroup"
    mount --rbind /sys/fs/cgroup "$run_dir/cgroup"
    mount -t sysfs sysfs /sys
    mount --move "$run_dir/cgroup" /sys/fs/cgroup
    # libvirt's LXC driver confuses the versions when cgroup2 is mounted beside cgroup v1.
    umount /sys/fs/cgroup/unified 2> /dev/null || true
  fi
}

mount_state() {
  mount -o loop,discard "$data_dir/storage.xfs" "$data_dir/storage"
  mkdir -p "$data_dir/storage/images" "$data_dir/storage/instances"
  # Network namespaces of routers and DHCP servers. They are shared, because `ip netns exec` works in its own mount namespace.
  mkdir -p /run/netns /run/libvirt
  mount -t tmpfs tmpfs /run/netns
  mount --make-shared /run/netns
  mount -t tmpfs tmpfs /run/libvirt
  # Without the host's D-Bus, libvirt does not ask the host's systemd to make groups for it.
  [[ ! -d /run/dbus ]] || mount -t tmpfs tmpfs /run/dbus
  cp "$data_dir/etc/libvirt-lxc.conf" "$data_dir/libvirt/etc/lxc.conf"
  mount --bind "$data_dir/libvirt/etc" /etc/libvirt
  mount --bind "$data_dir/libvirt/lib" /var/lib/libvirt
  mount --bind "$data_dir/log/libvirt" /var/log/libvirt
}

mount_replacements() {
  printf '127.0.0.1 localhost devcloud registry.devcloud.test\n' > "$run_dir/hosts"
  mount --bind "$run_dir/hosts" /etc/hosts
  touch "$run_dir/libvirt_lxc"
  mount --bind /usr/lib/libvirt/libvirt_lxc "$run_dir/libvirt_lxc"
  mount --bind "$wrappers/libvirt_lxc" /usr/lib/libvirt/libvirt_lxc
  # sudo searches this folder first for commands, and the services start their privileged helpers through sudo.
  mount --bind "$wrappers" /usr/local/sbin
}

make_network() {
  ip link set lo up
  sysctl --quiet --write net.ipv4.ip_forward=1
  # Tunnels between hosts end on an interface of the host. A veth pair also works with kernels that have no dummy interface.
  ip link add underlay type veth peer name underlay-peer
  ip address add 10.251.0.1/24 dev underlay
  ip link set underlay up
  ip link set underlay-peer up
  # External network. Through this end of it, processes of this namespace reach floating IPs.
  ip link add public type bridge
  ip address add 172.24.4.1/22 dev public
  ip link set public up
}

mount_kernel_views
mount_state
mount_replacements
make_network
hostname devcloud
exec supervisord --nodaemon --configuration "$data_dir/etc/supervisord.conf"
