# shellcheck shell=bash
# Process 1 of a network without a way out, with a registry and a proxy. On a machine in it, which finds the registry through the proxy alone, the test's
# script runs first, then containerd, then kubeadm's pulls.
set -euo pipefail

folder=$1 kubeadm=$2
shift 2

# A machine's own view of its files.
own() { mkdir -p "$1" && mount -t tmpfs tmpfs "$1"; }

ip link set lo up
# shellcheck disable=SC2016 # the inner shell expands it
unshare --mount -- bash -c '
  printf "127.0.0.1 localhost registry.devcloud.test\n" >"$0/hosts"
  mount --bind "$0/hosts" /etc/hosts
  docker-registry serve "$0/registry.yml" &
  exec tinyproxy -d -c "$0/tinyproxy.conf"' "$folder" >"$folder/services.log" 2>&1 &
printf '127.0.0.1 localhost\n' >"$folder/machine-hosts"
mount --bind "$folder/machine-hosts" /etc/hosts
for path in /etc/containerd /etc/caravan /etc/systemd/system /etc/apt/apt.conf.d /var/lib/caravan /run/caravan /run/containerd; do own "$path"; done
cp "$folder/config.toml" /etc/containerd/config.toml
for port in 5443 3128; do until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.1; done; done

bash "$folder/script"
containerd config dump | grep -E 'sandbox_image|config_path'
while read -r variable; do [[ -z $variable ]] || export "${variable?}"; done <<<"$(cat /etc/caravan/proxy.env 2>/dev/null || true)"
containerd --root "$folder/root" --state "$folder/state" --address /run/containerd/containerd.sock >"$folder/containerd.log" 2>&1 &
until ctr version >/dev/null 2>&1; do sleep 0.2; done
for repository; do
  env -u HTTPS_PROXY -u https_proxy "$kubeadm" config images pull --kubernetes-version v1.36.3 --image-repository "$repository" \
    --cri-socket unix:///run/containerd/containerd.sock 2>&1
done
