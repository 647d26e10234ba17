import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type TSchema, Type } from 'typebox'
import { status } from '../../operations/status.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'
import { PullFields } from './pulls.ts'
import { SubscriptionAnswer, toSubscription } from './subscription-schemas.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const Fix = Type.String({ description: 'The command that helps' })

const Count = Type.Object({
  count: Type.Integer(),
  more: Type.Boolean({ description: 'There are more than counted' }),
  since: Nullable(Type.String({ description: 'Since when the oldest of them' })),
})

const Durations = Type.Object({
  count: Type.Integer(),
  p50: Nullable(Type.Number({ description: 'Seconds' })),
  p95: Nullable(Type.Number({ description: 'Seconds' })),
})

const CallUse = Type.Object({
  part: Nullable(Type.String({ description: 'The part of the system, if it has an account of its own' })),
  in_use: Type.Integer({ description: 'Calls in progress' }),
  at_once: Type.Integer({ description: 'Maximum number of concurrent calls' }),
  waiting: Type.Integer({ description: 'Calls that wait for a slot' }),
  left_alone_until: Nullable(
    Type.String({ description: 'No call begins before this time: the system rejected calls, or its quota is used up' }),
  ),
  minute: Nullable(
    Type.Object(
      { calls: Type.Integer(), most: Type.Integer() },
      { description: 'Calls of the last minute, if the system counts them' },
    ),
  ),
})

const Circuit = Type.Object(
  {
    since: Text,
    code: Text,
    message: Nullable(Type.String({ description: 'Only for keys with access to the system' })),
    next_try: Nullable(Type.String({ description: 'Null: a call is trying it now' })),
    processes: Type.Integer({ description: 'Number of processes whose circuit is open' }),
    stages: Type.Array(Text, { description: 'Stages whose records wait for it' }),
    fix: Fix,
  },
  { description: 'The system does not answer; its deliveries wait' },
)

const Failure = Type.Object({
  group: Type.String({ description: 'The `groupId` of /v1/dead-letters' }),
  stage: Text,
  code: Text,
  field: Nullable(Text),
  message: Text,
  count: Type.Integer(),
  last_at: Text,
  fix: Fix,
})

const Status = Type.Object({
  healthy: Type.Boolean(),
  connections: Type.Array(
    Type.Object({
      connection: Text,
      shop: Text,
      vendor: Text,
      healthy: Type.Boolean({
        description:
          'No stage is paused, no dead letter is open, both systems answer, and the last runs of its reads were good',
      }),
      enabled: Type.Boolean({ description: "False: disabled in its document, or its shop's or vendor's" }),
      flows: Type.Array(
        Type.Object({
          entity: Text,
          reads: Type.Array(
            Type.Object({
              read: Text,
              last_good: Nullable(Type.String({ description: 'End of the last run that read its whole window' })),
              age: Nullable(Type.Integer({ description: 'Seconds since then' })),
              problem: Nullable(Type.String({ description: 'Why the last run was not good' })),
              failed: Nullable(
                Type.Object(
                  {
                    count: Type.Integer({ description: 'Failed runs since `last_good`' }),
                    more: Type.Boolean({ description: 'There may be more than were counted' }),
                    last_at: Nullable(Text),
                    task: Type.String({ description: 'The last of them' }),
                    code: Text,
                    message: Nullable(Text),
                    fix: Text,
                  },
                  { description: 'Null: the last run did not fail' },
                ),
              ),
              overdue: Type.Boolean({ description: 'Its last good run is far older than its schedule allows' }),
              enabled: Type.Boolean({ description: "False: disabled in its document or its system's" }),
            }),
          ),
          processing: Count,
          late: Type.Integer({ description: 'Orders in processing for more than five minutes; 0 for other entities' }),
          waiting: Count,
          waits: Type.Array(
            Type.Object({
              stage: Text,
              code: Nullable(Text),
              message: Nullable(Text),
              count: Type.Integer({ description: 'Number among a hundred of them' }),
              since: Text,
            }),
            { description: 'Reasons for waiting, longest wait first' },
          ),
          failed: Count,
          times: Type.Object(
            { end_to_end: Durations, freshness: Durations },
            {
              description:
                'From a change at the source until it was delivered, and until it was read, in the last hour',
            },
          ),
        }),
      ),
      paused: Type.Array(
        Type.Object({
          stage: Text,
          connection: Type.String({
            description: 'Target of the pause: `*` means all connections; at `reads` it is a system',
          }),
          since: Text,
          code: Text,
          message: Text,
          until: Nullable(Type.String({ description: 'When a hold by hand ends automatically' })),
          fix: Fix,
        }),
      ),
      held_orders: Type.Object(Count.properties, {
        description: 'Held orders; /v1/order-holds lists them',
      }),
      failures: Type.Array(Failure),
      pulls: Type.Array(Type.Object(PullFields), { description: 'Readers of its feeds and their progress' }),
      oversold: Type.Array(
        Type.Object({
          sku: Text,
          since: Text,
          held_until: Nullable(Type.String({ description: 'It is not sold until then' })),
        }),
        { description: 'SKUs of which more was sold than the vendor has, 100 at most' },
      ),
      ends: Type.Array(
        Type.Object({
          system: Text,
          circuit: Nullable(Circuit),
          calls: Type.Array(CallUse, { description: 'Accounts that were called since the processes started' }),
        }),
        { description: 'Its shop, then its vendor' },
      ),
    }),
  ),
  unusable: Type.Array(
    Type.Object({
      connection: Text,
      problem: Type.Enum(['removed', 'unreadable']),
      stock: Nullable(
        Type.Enum(['hold', 'buffer', 'zero', 'keep'], { description: 'Policy that its stock is served by' }),
      ),
      fix: Fix,
    }),
    { description: 'Connections that do not run: a document cannot be read, or removed with stock still in the feed' },
  ),
  failures: Type.Array(Failure, { description: 'Failures of no single connection, in reading or routing' }),
  unreached: Type.Array(
    Type.Object({
      recipient: Text,
      by: Type.Enum(['email', 'webhook']),
      enabled: Type.Boolean(),
      open: Type.Integer({ description: 'Open causes that it was notified of' }),
      last_sent_at: Nullable(Text),
      failing: Nullable(
        Type.Object({
          since: Text,
          code: Text,
          message: Text,
          attempts: Type.Integer(),
          next_try: Text,
          fix: Fix,
        }),
      ),
    }),
    { description: 'Recipients that notifications do not reach; only for keys with access to everything' },
  ),
  subscriptions: Type.Array(SubscriptionAnswer, { description: 'Subscriptions whose events do not arrive' }),
  complete: Type.Boolean({ description: 'False: there are more dead letters than were counted' }),
})

/** Status of everything at once. */
export function statusRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const schema = { tags: ['status'], response: { 200: Status, ...problems(401) } }
    app.get('/v1/status', { schema }, async (request) => {
      const { connections, unusable, failures, unreached, subscriptions, ...rest } = await status(
        operations,
        principalOf(request),
      )
      return {
        ...rest,
        unusable: [...unusable],
        failures: [...failures],
        unreached: [...unreached],
        subscriptions: subscriptions.map(toSubscription),
        connections: connections.map((one) => ({
          ...one,
          paused: [...one.paused],
          failures: [...one.failures],
          pulls: [...one.pulls],
          oversold: [...one.oversold],
          ends: one.ends.map(({ system, circuit, calls }) => ({
            system,
            circuit: circuit === null ? null : { ...circuit, stages: [...circuit.stages] },
            calls: [...calls],
          })),
          flows: one.flows.map((flow) => ({ ...flow, reads: [...flow.reads], waits: [...flow.waits] })),
        })),
      }
    })
  }
}
