import { z } from "zod";
import { object } from "../schema.ts";

/** Size that a cluster's settings are made for. */
export interface ScaleSettings {
  /** Number of nodes, control planes included, from 1. @default those that the cluster has */
  nodes?: number;
  /** Number of pods, from 1. @default 50 a node, or kubelet.maxPods where that is less */
  pods?: number;
  /**
   * Number of availability zones with nodes, from 1, pools in stacks of their own included. In a large cluster with one, the scheduler need not
   * count pods by zone, half of its work. @default not known
   */
  zones?: number;
}

const count = z.int().min(1);

/** Schema of ScaleSettings. @internal */
export const scale = object({ nodes: count.optional(), pods: count.optional(), zones: count.optional() });
