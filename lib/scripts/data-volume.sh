# shellcheck shell=bash
# Mounts a volume of OpenStack at a folder, now and at each boot.

# volume_device ID: prints the path of the volume's disk. It is found by id, because the order of disks changes. Some buses keep
# only 20 characters of the id.
volume_device() {
  local link
  for link in /dev/disk/by-id/*"${1:0:20}"*; do
    [[ -e $link && $link != *-part* ]] || continue
    readlink --canonicalize "$link"
    return
  done
  return 1
}

# has_size DEVICE GIB: succeeds when the disk has at least this size.
has_size() { (($(blockdev --getsize64 "$1") >= $2 * 1024 ** 3)); }

# format_if_empty DEVICE: makes a file system on an empty disk. Never changes a disk with anything on it.
format_if_empty() {
  local found=0 type
  # blkid returns the same code for an unreadable disk as for an empty one.
  dd if="$1" of=/dev/null bs=1M count=1 status=none || fail "$1 cannot be read; look at it with dmesg"
  blkid --probe "$1" >/dev/null || found=$?
  case $found in
    0)
      type=$(blkid --probe --output value --match-tag TYPE "$1") || true
      [[ $type == ext4 ]] || fail "$1 has ${type:-a partition table} on it and not etcd's ext4; if nobody needs that, remove it with: wipefs --all $1"
      ;;
    2) mkfs.ext4 -q "$1" ;;
    *) fail "$1 is neither empty nor one file system; look at it with wipefs" ;;
  esac
}

# fstab_entry UUID FOLDER: prints the line of /etc/fstab.
fstab_entry() { echo "UUID=$1 $2 ext4 defaults,nofail 0 2"; }

# remove_fstab_entry FOLDER: removes the mount from the next boot. systemd must read /etc/fstab again.
remove_fstab_entry() { sed -i "\|[[:space:]]${1}[[:space:]]|d" /etc/fstab; }

# mount_volume ID GIB FOLDER: mounts the volume's file system, now and at each boot, and grows it to the volume's size.
mount_volume() {
  local id=$1 size=$2 folder=$3 device uuid
  wait_for 120 "the disk of volume $id under /dev/disk/by-id" volume_device "$id"
  device=$(volume_device "$id")
  # The machine sees the growth of a volume some time after Cinder.
  wait_for 120 "the growth of $device to $size GiB" has_size "$device" "$size"
  format_if_empty "$device"
  uuid=$(blkid --probe --output value --match-tag UUID "$device")
  mkdir -p "$folder"
  if ! mountpoint --quiet "$folder"; then
    remove_fstab_entry "$folder"
    fstab_entry "$uuid" "$folder" >>/etc/fstab
    systemctl daemon-reload
    mount "$folder"
  elif [[ $(mountpoint --fs-devno "$folder") != $(mountpoint --devno "$device") ]]; then
    fail "$folder is on $(findmnt --noheadings --output SOURCE --mountpoint "$folder") and not on $device of volume $id; replace this machine"
  fi
  resize2fs "$device"
}

# has_volume FOLDER: succeeds when /etc/fstab has the entry of mount_volume.
has_volume() { grep --quiet --no-messages --line-regexp "$(fstab_entry '[^ ]*' "$1")" /etc/fstab; }

# unmount_volume FOLDER: unmounts the volume, so that the folder is on the machine's own disk until the next boot.
unmount_volume() { ! mountpoint --quiet "$1" || umount "$1"; }
