import type { System } from '../../core/model.ts'
import { type StreamError, toStreamError } from '../../errors.ts'
import type { Clients } from '../../systems/clients.ts'
import type { SystemCheck } from '../../systems/system-check.ts'
import { type Check, fail, ok } from './finding.ts'
import { judgeSkew } from './skew.ts'

export interface SystemDeps {
  readonly clients: Clients
  readonly now: () => number
}

/** Address, credentials and clock of a system, by one call that costs it next to nothing. */
export function systemCheck(system: System, { clients, now }: SystemDeps): Check {
  const name = `system ${system.id}`
  return {
    name,
    async run(signal) {
      const askedAt = now()
      try {
        const { date } = await ask(system, clients, signal)
        const [clock, roundMs] = [date, now() - askedAt]
        return [
          ok(name, `${system.type} takes the credentials (${roundMs} ms)`),
          ...judgeSkew(system, { date: clock, askedAt, answeredAt: askedAt + roundMs }),
        ]
      } catch (thrown) {
        return [fail(name, whyNot(toStreamError(thrown)))]
      }
    },
  }
}

async function ask(system: System, clients: Clients, signal: AbortSignal): Promise<SystemCheck> {
  switch (system.type) {
    case 'magento2':
      return await (await clients.magento2(system)).check(signal)
    case 'netsuite':
      return await (await clients.netsuite(system)).check(signal)
    case 'image-feed':
      return await (await clients.imageFeed(system)).check(signal)
  }
}

function whyNot({ code, message }: StreamError): string {
  const way = ways[code]
  return way === undefined ? `${code}: ${message}` : `${code}: ${message}; ${way}`
}

const ways: Readonly<Partial<Record<StreamError['code'], string>>> = {
  credentials_refused: 'renew what its secrets refer to',
  permission_missing: "give the integration's role that permission",
  target_unavailable: 'see whether its address is right and reachable from here',
  timed_out: 'see whether its address is reachable from here',
  rate_limited: 'lower limits.concurrency, or try again later',
}
