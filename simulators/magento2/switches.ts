import type { FastifyInstance } from 'fastify'
import { sendJson } from './magento-error.ts'

/** Setup of a shop, and injected failures; in memory only. */
export interface Switches {
  /** Whether a page past the end repeats the last one or is empty. */
  repeatsLastPage: boolean
  /** Whether the integration's token alone is enough, as before Magento 2.4.4. */
  integrationAsBearer: boolean
  /** Administrators need a second factor to sign in. */
  twoFactor: boolean
  /** Largest page of a list call (`webapi/validation/maximum_page_size`); null: input limits are off. */
  maximumPageSize: number | null
  /** ACL resources that the caller lacks. */
  denied: string[]
  /**
   * When operations of bulk requests are processed: by themselves after this many milliseconds; null: by `POST
   * /_sim/bulk/run`.
   */
  bulkDelayMs: number | null
  /** SKUs with failing operations, and the failure; `times`: how often. */
  bulkFailures: { sku: string; kind: 'retriable' | 'permanent'; times?: number }[]
  /** Behaves like older releases, whose operations have database ids. */
  databaseOperationIds: boolean
}

export const usualSwitches: Switches = {
  repeatsLastPage: true,
  integrationAsBearer: false,
  twoFactor: false,
  maximumPageSize: null,
  denied: [],
  bulkDelayMs: 0,
  bulkFailures: [],
  databaseOperationIds: false,
}

/** `GET` and `PATCH /_sim/switches`; `reset` restores the defaults. */
export function addSwitchRoutes(app: FastifyInstance, switches: Switches): void {
  app.get('/_sim/switches', async (_request, reply) => sendJson(reply, switches))
  app.patch<{ Body: Partial<Switches> }>('/_sim/switches', async (request, reply) => {
    const unknown = Object.keys(request.body).find((name) => !(name in switches))
    if (unknown !== undefined) return reply.code(400).send({ message: `There is no switch "${unknown}".` })
    return sendJson(reply, Object.assign(switches, request.body))
  })
}
