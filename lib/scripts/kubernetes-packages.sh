# shellcheck shell=bash
# Installs kubeadm, kubelet and kubectl of one version from a repository whose signing key is known.

readonly KEYRING=/etc/apt/keyrings/kubernetes.gpg

kubeadm_version() { kubeadm version --output short 2>/dev/null; }
kubelet_version() { kubelet --version 2>/dev/null; }

# is_older VERSION OTHER: succeeds when the first is older than the other one.
is_older() {
  [[ $1 != "$2" && $(printf '%s\n%s\n' "$1" "$2" | sort --version-sort | head -n 1) == "$1" ]]
}

# has_program PROGRAM: succeeds when a program of Kubernetes has the wanted version. That of kubectl follows the others'.
has_program() {
  case $1 in
    kubeadm) [[ $(kubeadm_version) == "v$KUBERNETES_VERSION" ]] ;;
    kubelet) [[ $(kubelet_version) == "Kubernetes v$KUBERNETES_VERSION" ]] ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# have_programs PROGRAMS...: succeeds when all of them have the wanted version.
have_programs() {
  local program
  for program in "$@"; do has_program "$program" || return 1; done
}

kubernetes_installed() { have_programs kubeadm kubelet kubectl; }

# key_fingerprints FILE: prints the fingerprints of the keys in a file, without those of their subkeys.
key_fingerprints() {
  gpg --batch --with-colons --show-keys "$1" | awk -F : '$1 == "pub" { key = 1 } $1 == "fpr" && key { print $10; key = 0 }'
}

# trust_repository: makes apt accept the repository's packages by the expected key, and by no other that Release.key may have.
trust_repository() {
  local key=$SCRATCH/Release.key fingerprints
  export GNUPGHOME=$SCRATCH/gnupg
  rm -rf "$GNUPGHOME"
  install -d -m 0700 "$GNUPGHOME"
  (use_proxy && curl --fail --silent --show-error --location --retry 5 --retry-connrefused --max-time 60 --output "$key" "${PACKAGE_REPOSITORY}Release.key")
  fingerprints=$(key_fingerprints "$key") || fail "${PACKAGE_REPOSITORY}Release.key is no key that gpg can read"
  grep --quiet --line-regexp "$PACKAGE_KEY" <<<"$fingerprints" ||
    fail "the key of $PACKAGE_REPOSITORY is $(paste -s -d ' ' <<<"$fingerprints"), and not the expected $PACKAGE_KEY; if it is the right one, give it as packageRepositoryKey"
  # Not imported, because that needs gpg-agent, which Debian's gpg comes without.
  gpg --batch --dearmor --output "$GNUPGHOME/repository.gpg" "$key"
  install -d -m 0755 /etc/apt/keyrings
  gpg --batch --no-default-keyring --keyring "$GNUPGHOME/repository.gpg" --export "$PACKAGE_KEY" >"$KEYRING"
  chmod 0644 "$KEYRING"
  rm -rf "$GNUPGHOME" "$key"
}

# Prints the versions of kubeadm that the repository has.
offered_versions() { apt-cache madison kubeadm | awk '{ print $3 }' | head -n 5 | paste -s -d ' '; }

# install_kubernetes [PROGRAMS...]: installs some of kubeadm, kubelet and kubectl; without PROGRAMS all of them.
install_kubernetes() {
  (($# > 0)) || set -- kubeadm kubelet kubectl
  local packages=("${@/%/=$KUBERNETES_VERSION-*}")
  [[ " $* " != *" kubelet "* ]] || packages+=(kubernetes-cni)
  has_role || ! command -v kubeadm >/dev/null || progress "has kubeadm $(kubeadm_version) in its image; $KUBERNETES_VERSION takes its place"
  finish_installation
  trust_repository
  echo "deb [signed-by=$KEYRING] $PACKAGE_REPOSITORY /" >/etc/apt/sources.list.d/kubernetes.list
  chmod 0644 /etc/apt/sources.list.d/kubernetes.list
  apt update
  # The image of a machine that is no node yet may have a later patch version.
  apt install --yes --allow-change-held-packages --allow-downgrades "${packages[@]}" ||
    fail "$* $KUBERNETES_VERSION cannot be installed from $PACKAGE_REPOSITORY, which has kubeadm $(offered_versions); apt's reason is above"
  have_programs "$@" ||
    fail "$(command -v kubeadm kubelet | paste -s -d ' ') are $(kubeadm_version) and $(kubelet_version), although $KUBERNETES_VERSION was installed; remove those that no package has"
}

# The package makes these files readable for all users.
close_kubelet_units() {
  local file
  for file in /etc/systemd/system/kubelet.service{,.d/*.conf} /usr/lib/systemd/system/kubelet.service{,.d/*.conf}; do
    [[ ! -f $file ]] || chmod 0600 "$file"
  done
}
