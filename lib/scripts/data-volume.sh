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

# format_once DEVICE: makes a file system on a disk with nothing on it, and never touches anything else.
format_once() {
  local found=0
  blkid --probe "$1" || found=$?
  case $found in
    0) ;;
    2) mkfs.ext4 -q "$1" ;;
    *) fail "$1 is neither empty nor one file system; look at it with wipefs" ;;
  esac
}

# mount_volume ID FOLDER: has the volume's file system mounted, now and at each boot.
mount_volume() {
  local id=$1 folder=$2 device uuid
  wait_for 120 "the disk of volume $id under /dev/disk/by-id" volume_device "$id"
  device=$(volume_device "$id")
  format_once "$device"
  uuid=$(blkid --probe --output value --match-tag UUID "$device")
  mkdir -p "$folder"
  sed -i "\|[[:space:]]${folder}[[:space:]]|d" /etc/fstab
  echo "UUID=$uuid $folder ext4 defaults,nofail 0 2" >>/etc/fstab
  systemctl daemon-reload
  mountpoint --quiet "$folder" || mount "$folder"
  # The volume may have grown.
  resize2fs "$device"
}
