import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type TSchema, Type } from 'typebox'
import { orderTimeline } from '../../operations/order-timeline.ts'
import type { OrderFulfilment } from '../../projections/order-steps.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { PathText } from '../path-text.ts'
import { problems } from '../problems.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const OptionalText = Nullable(Text)
const Amount = Type.String({ description: 'Decimal, in the currency of the order' })
const Quantity = Type.String({ description: 'Decimal' })
const Place = Nullable(
  Type.Object({ topic: Text, partition: Type.Integer(), offset: Type.Integer(), bytes: Type.Integer() }),
)

const Params = Type.Object({
  source: PathText('Id of the shop'),
  number: PathText('Order number, as the shop shows it'),
})

const Line = Type.Object({
  line: Text,
  parent: OptionalText,
  sku: Text,
  ordered: Quantity,
  canceled: Quantity,
  refunded: Quantity,
  shipped: Quantity,
  wanted: Type.String({ description: "The vendor's to deliver, shipped or not" }),
  amount: Amount,
  connection: Nullable(Type.String({ description: "Whose it is; null: the seller's own, or not sent" })),
})

const FulfilledLines = Type.Array(
  Type.Object({
    sku: Text,
    quantity: Quantity,
    reason: Nullable(Type.String({ description: 'Why the vendor does not deliver it, where its ERP says so' })),
  }),
)

const Fulfilment = Type.Object({
  id: Type.String({ description: 'In the ERP' }),
  source: Type.String({ description: 'The ERP' }),
  kind: Type.String({ description: 'shipment, closure or cancellation' }),
  lines: FulfilledLines,
  status: Text,
  code: OptionalText,
  message: OptionalText,
  target_id: Nullable(Type.String({ description: 'In the shop' })),
  updated_at: Text,
})

const Timeline = Type.Object({
  source: Text,
  number: Text,
  order: Type.Union(
    [
      Type.Object({
        state: Text,
        status: Text,
        currency: Text,
        placed_at: Text,
        read_at: Text,
        total: Type.String({ description: 'What the buyer pays: totals of the parts and `own` add up to it' }),
        own: Type.String({ description: "What is no vendor's" }),
        lines: Type.Array(Line),
      }),
      Type.Null(),
    ],
    { description: "As it was read last; null where that is not kept any more, or not of the caller's reach" },
  ),
  parts: Type.Array(
    Type.Object({
      connection: Text,
      total: Nullable(Amount),
      canceled: Type.Boolean(),
      status: Text,
      stage: Text,
      code: OptionalText,
      message: OptionalText,
      target_id: Nullable(Type.String({ description: 'The order in the ERP' })),
      updated_at: Text,
      fulfilments: Type.Array(Fulfilment),
    }),
  ),
  steps: Type.Array(
    Type.Object({
      at: Text,
      stage: Text,
      connection: OptionalText,
      status: Text,
      code: OptionalText,
      message: OptionalText,
      target_id: OptionalText,
      task: OptionalText,
      event_id: Text,
      occurred_at: OptionalText,
      read_at: Text,
      source_place: Place,
      mapped_place: Place,
      fulfilment: Nullable(Type.Object({ id: Text, source: Text, kind: Text, lines: FulfilledLines })),
    }),
    { description: 'The oldest first' },
  ),
  more: Type.Boolean({ description: 'There were more steps, which are older' }),
})

/** One order from beginning to end. */
export function orderTimelineRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const schema = { tags: ['orders'], params: Params, response: { 200: Timeline, ...problems(400, 401, 404) } }
    app.get('/v1/orders/:source/:number', { schema }, async (request) => {
      const { order, parts, steps, ...rest } = await orderTimeline(operations, principalOf(request), request.params)
      return {
        ...rest,
        order: order === null ? null : { ...order, lines: [...order.lines] },
        parts: parts.map((part) => ({ ...part, fulfilments: part.fulfilments.map(withLines) })),
        steps: steps.map(({ fulfilment, ...step }) => {
          return { ...step, fulfilment: fulfilment === null ? null : withLines(fulfilment) }
        }),
      }
    })
  }
}

/** Lists of answers may be written to. */
const withLines = <F extends OrderFulfilment>(fulfilment: F) => ({ ...fulfilment, lines: [...fulfilment.lines] })
