import { networkRulesOf } from '../../src/platform/network-rules.ts'

/** An environment in which systems may be on this machine, where the simulators are. */
export const loopback = {
  ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8,::1',
  ALLOWED_HTTP_HOSTS: '127.0.0.0/8,::1,localhost',
}

/** What such an environment allows. */
export const localNetwork = networkRulesOf(loopback)
