# shellcheck shell=bash
# Mounts a volume of OpenStack's at a folder, for good.

# volume_device ID: the path of its disk. The order of disks is no guide, and some buses keep only 20 characters of the id.
volume_device() {
  local link
  for link in /dev/disk/by-id/*"${1:0:20}"*; do
    [[ -e $link && $link != *-part* ]] || continue
    readlink --canonicalize "$link"
    return
  done
  return 1
}

# has_size DEVICE GIB
has_size() { (($(blockdev --getsize64 "$1") >= $2 * 1024 ** 3)); }

# format_if_empty DEVICE: makes a file system on a disk with nothing on it, and never touches anything else.
format_if_empty() {
  local found=0 type
  # blkid says of a disk that it cannot read what it says of an empty one.
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

# fstab_entry UUID FOLDER
fstab_entry() { echo "UUID=$1 $2 ext4 defaults,nofail 0 2"; }

# remove_fstab_entry FOLDER: has nothing mounted there at the next boot, once systemd reads /etc/fstab again.
remove_fstab_entry() { sed -i "\|[[:space:]]${1}[[:space:]]|d" /etc/fstab; }

# mount_volume ID GIB FOLDER: has the volume's file system mounted, now and at each boot, and as large as the volume.
mount_volume() {
  local id=$1 size=$2 folder=$3 device uuid
  wait_for 120 "the disk of volume $id under /dev/disk/by-id" volume_device "$id"
  device=$(volume_device "$id")
  # When Cinder has made a volume larger, the machine does not see it yet.
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

# has_volume FOLDER: whether mount_volume has mounted one there, and it was not forgotten.
has_volume() { grep --quiet --no-messages --line-regexp "$(fstab_entry '[^ ]*' "$1")" /etc/fstab; }

# unmount_volume FOLDER: has the folder on the machine's own disk until the next boot.
unmount_volume() { ! mountpoint --quiet "$1" || umount "$1"; }
