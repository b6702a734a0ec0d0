import { type Component, type OptionalComponent, type Part, parts, type Service, type Stage } from "../component.ts";
import { charts } from "./charts.ts";
import { cinder } from "./cinder.ts";
import { database } from "./database.ts";
import { designate } from "./designate.ts";
import { glance } from "./glance.ts";
import { keystone } from "./keystone.ts";
import { libvirt } from "./libvirt.ts";
import { messageQueue } from "./message-queue.ts";
import { neutron } from "./neutron.ts";
import { nova } from "./nova.ts";
import { octavia } from "./octavia.ts";
import { placement } from "./placement.ts";
import { proxy } from "./proxy.ts";
import { registry } from "./registry.ts";
import { s3 } from "./s3.ts";

/** Parts of the cloud that always run. */
export const components: readonly Component[] = [database, messageQueue, libvirt, charts, keystone, glance, placement, neutron, nova];

/** Parts of the cloud that run on demand. */
export const optional: Readonly<Record<Part, OptionalComponent>> = { designate, octavia, cinder, registry, proxy, s3 };

/** All long-running programs of all parts, in the order of the components. */
export const services: readonly Service[] = [...components, ...parts.map((part) => optional[part])].flatMap(
  (component) => component.services,
);

/** Services that start in a stage. */
export function servicesOf(stage: Stage | Part): Service[] {
  return services.filter((service) => service.stage === stage);
}
