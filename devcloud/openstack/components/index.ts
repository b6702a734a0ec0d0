import type { Component, Service, Stage } from "../component.ts";
import { charts } from "./charts.ts";
import { database } from "./database.ts";
import { glance } from "./glance.ts";
import { keystone } from "./keystone.ts";
import { libvirt } from "./libvirt.ts";
import { messageQueue } from "./message-queue.ts";
import { neutron } from "./neutron.ts";
import { nova } from "./nova.ts";
import { placement } from "./placement.ts";

/** All parts of the cloud. */
export const components: readonly Component[] = [database, messageQueue, libvirt, charts, keystone, glance, placement, neutron, nova];

/** All long-running programs of the cloud, in the order of the components. */
export const services: readonly Service[] = components.flatMap((component) => component.services);

/** The services that start in one stage. */
export function servicesOf(stage: Stage): Service[] {
  return services.filter((service) => service.stage === stage);
}
