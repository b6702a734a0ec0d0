# The servers of test/engine/programs/servers, as a user would write them by hand for Terraform.

terraform {
  required_providers {
    openstack = {
      source = "terraform-provider-openstack/openstack"
    }
  }
}

variable "workers" {
  type = number
}

variable "control_planes" {
  type = number
}

variable "public_key" {
  type = string
}

locals {
  cluster        = "scale"
  tags           = ["caravan-cluster=scale"]
  description    = "caravan-cluster=scale"
  metadata       = { caravan-cluster = "scale" }
  clients        = "172.24.4.0/22"
  workers        = toset([for ordinal in range(var.workers) : tostring(ordinal)])
  control_planes = toset([for ordinal in range(var.control_planes) : tostring(ordinal)])

  user_data = <<-EOT
    #cloud-config
    disable_root: false
    ssh_pwauth: false
    package_update: false
    package_upgrade: false
  EOT
}

data "openstack_images_image_v2" "node" {
  name = "node"
}

data "openstack_compute_flavor_v2" "worker" {
  name = "node.small"
}

data "openstack_compute_flavor_v2" "control_plane" {
  name = "node.medium"
}

data "openstack_networking_network_v2" "public" {
  name     = "public"
  external = true
}

resource "openstack_networking_network_v2" "cluster" {
  name        = local.cluster
  description = local.description
  tags        = local.tags
}

resource "openstack_networking_subnet_v2" "cluster" {
  name       = local.cluster
  network_id = openstack_networking_network_v2.cluster.id
  cidr       = "10.40.0.0/16"
  tags       = local.tags
}

resource "openstack_networking_router_v2" "cluster" {
  name                = local.cluster
  description         = local.description
  external_network_id = data.openstack_networking_network_v2.public.id
  tags                = local.tags
}

resource "openstack_networking_router_interface_v2" "cluster" {
  router_id = openstack_networking_router_v2.cluster.id
  subnet_id = openstack_networking_subnet_v2.cluster.id
}

resource "openstack_networking_secgroup_v2" "nodes" {
  name        = "${local.cluster}-nodes"
  description = local.description
  tags        = local.tags
}

resource "openstack_networking_secgroup_rule_v2" "internal" {
  security_group_id = openstack_networking_secgroup_v2.nodes.id
  description       = local.description
  direction         = "ingress"
  ethertype         = "IPv4"
  remote_ip_prefix  = openstack_networking_subnet_v2.cluster.cidr
}

resource "openstack_networking_secgroup_v2" "control_plane" {
  name        = "${local.cluster}-control-plane"
  description = local.description
  tags        = local.tags
}

resource "openstack_networking_secgroup_rule_v2" "control_plane" {
  for_each = { api = 6443, ssh = 22 }

  security_group_id = openstack_networking_secgroup_v2.control_plane.id
  description       = local.description
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = "tcp"
  port_range_min    = each.value
  port_range_max    = each.value
  remote_ip_prefix  = local.clients
}

resource "openstack_compute_keypair_v2" "cluster" {
  name       = local.cluster
  public_key = var.public_key
}

resource "openstack_compute_servergroup_v2" "control_plane" {
  name     = "${local.cluster}-control-plane"
  policies = ["soft-anti-affinity"]
}

resource "openstack_networking_port_v2" "control_plane" {
  for_each = local.control_planes

  name       = "${local.cluster}-control-plane-${each.key}"
  network_id = openstack_networking_network_v2.cluster.id
  security_group_ids = [
    openstack_networking_secgroup_v2.nodes.id,
    openstack_networking_secgroup_v2.control_plane.id,
  ]
  tags = local.tags

  fixed_ip {
    subnet_id = openstack_networking_subnet_v2.cluster.id
  }
}

resource "openstack_compute_instance_v2" "control_plane" {
  for_each = local.control_planes

  name      = "${local.cluster}-control-plane-${each.key}"
  image_id  = data.openstack_images_image_v2.node.id
  flavor_id = data.openstack_compute_flavor_v2.control_plane.id
  key_pair  = openstack_compute_keypair_v2.cluster.name
  user_data = local.user_data
  metadata  = local.metadata
  tags      = local.tags

  network {
    port = openstack_networking_port_v2.control_plane[each.key].id
  }

  scheduler_hints {
    group = openstack_compute_servergroup_v2.control_plane.id
  }

  depends_on = [openstack_networking_router_interface_v2.cluster]
}

resource "openstack_compute_instance_v2" "worker" {
  for_each = local.workers

  name            = "${local.cluster}-workers-${each.key}"
  image_id        = data.openstack_images_image_v2.node.id
  flavor_id       = data.openstack_compute_flavor_v2.worker.id
  key_pair        = openstack_compute_keypair_v2.cluster.name
  security_groups = [openstack_networking_secgroup_v2.nodes.name]
  user_data       = local.user_data
  metadata        = local.metadata
  tags            = local.tags

  network {
    uuid = openstack_networking_network_v2.cluster.id
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [openstack_networking_router_interface_v2.cluster]
}
