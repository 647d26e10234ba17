import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type TSchema, Type } from 'typebox'
import { showOrderStep } from '../../operations/order-step.ts'
import { orderTimeline } from '../../operations/order-timeline.ts'
import { partDeeds } from '../../operations/part-deeds.ts'
import type { OrderFulfilment } from '../../projections/order-steps.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { PathText } from '../path-text.ts'
import { problems } from '../problems.ts'
import { OrderCancellation, OrderHold } from './order-action-schemas.ts'

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
  amount: Nullable(
    Type.String({ description: "In its owner's part of the order; null: the row is divided among those below it" }),
  ),
  connection: Nullable(Type.String({ description: "Whose it is; null: the seller's own, or it can't be told whose" })),
  unsent: Nullable(
    Type.Object(
      {
        code: Type.String({
          description:
            'Code of the decision, or refunded, canceled, divided, line_claimed_twice, or the state of the part',
        }),
        message: OptionalText,
      },
      { description: "Why the vendor was not sent it; null: it was, or it is no vendor's" },
    ),
  ),
})

const Amounts = Type.Object(
  {
    subtotal: Amount,
    discount: Type.String({ description: 'Taken off' }),
    shipping: Type.String({ description: 'Without its tax' }),
    tax: Type.String({ description: 'Of lines and shipping' }),
    charges: Type.String({ description: 'Fees, wrapping and alike, with their tax' }),
    credit: Type.String({ description: 'Paid by gift cards and store credit' }),
    refunded: Type.String({ description: 'What the refunded pieces came to; it is not taken off the total' }),
  },
  { description: 'What the total is made of' },
)

const Share = Type.Object({
  connection: Text,
  amount: Type.String({ description: "The vendor's lines, and their share of everything else" }),
  sent: Type.String({ description: 'What the vendor was sent of it' }),
  unsent: Type.String({ description: 'The rest' }),
})

const PartLine = Type.Object({
  line: Text,
  parent: OptionalText,
  sku: Text,
  name: OptionalText,
  wanted: Type.String({ description: 'To deliver, shipped or not' }),
  open: Type.String({ description: 'Of these, shipped neither in the shop nor in the ERP, nor entered as sent' }),
  amount: Amount,
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
        total: Type.String({ description: 'What the buyer pays' }),
        amounts: Amounts,
        shares: Type.Array(Share, { description: "What of the total is each vendor's" }),
        own: Type.String({ description: "What is no vendor's: the seller's own lines and charges" }),
        difference: Type.String({ description: 'The total without the shares and `own`; 0: they add up' }),
        lines: Type.Array(Line),
      }),
      Type.Null(),
    ],
    { description: "As it was read last; null where that is not kept any more, or not of the caller's reach" },
  ),
  parts: Type.Array(
    Type.Object({
      connection: Text,
      currency: OptionalText,
      placed_at: OptionalText,
      lines: Type.Array(PartLine, { description: 'As the vendor was sent them last' }),
      total: Nullable(Amount),
      canceled: Type.Boolean(),
      status: Text,
      stage: Text,
      code: OptionalText,
      message: OptionalText,
      target_id: Nullable(Type.String({ description: 'The order in the ERP' })),
      updated_at: Text,
      hold: Nullable(OrderHold),
      cancellation: Nullable(OrderCancellation),
      fulfilments: Type.Array(Fulfilment),
      possible: Type.Array(Type.Enum([...partDeeds]), {
        description: 'What may be done about it now, beside holding it; a preview may still refuse it',
      }),
    }),
  ),
  steps: Type.Array(
    Type.Object({
      step: Type.String({
        description: 'Names it: /v1/orders/{source}/{number}/steps/{step} has its events and calls',
      }),
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
      by: Nullable(Type.String({ description: 'Who did it; null: a stage' })),
      fulfilment: Nullable(Type.Object({ id: Text, source: Text, kind: Text, lines: FulfilledLines })),
    }),
    { description: 'The oldest first' },
  ),
  more: Type.Boolean({ description: 'There were more steps, which are older' }),
})

const Shown = Nullable(
  Type.Object({
    topic: Text,
    partition: Type.Integer(),
    offset: Type.Integer(),
    bytes: Type.Integer(),
    event: Type.Unknown({ description: 'Personal fields masked for keys without persons:read' }),
    problem: Nullable(Type.String({ description: 'Why it can not be shown' })),
  }),
)
const Body = (what: string) => Nullable(Type.String({ description: `${what}; persons masked for everybody` }))
const Call = Type.Object({
  at: Text,
  method: Text,
  address: Type.String({ description: 'Host and path, with the names of the query' }),
  status: Nullable(Type.Integer({ description: 'Of the answer; null: there was none' })),
  ms: Type.Integer(),
  request: Body('What was sent'),
  answer: Body('What was answered'),
  error: Nullable(Type.String({ description: 'Code of the error that it failed with' })),
  cut: Type.Array(Type.Enum(['request', 'answer']), {
    description: 'Bodies of which the first 16,000 characters are kept, or nothing where it is null',
  }),
})
const StepEvents = Type.Object(
  {
    as_read: Shown,
    as_mapped: Shown,
    calls: Type.Array(Call, { description: 'To the ERP or the shop, of the attempts that the step tells the end of' }),
    calls_left_out: Type.Integer({ description: 'Calls between them that are not kept: an attempt keeps 20' }),
  },
  { description: "null: there is none, or it is not of the caller's reach" },
)

/** One order from beginning to end. */
export function orderTimelineRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const events = {
      tags: ['orders'],
      params: Type.Object({ ...Params.properties, step: PathText('As the timeline names it') }),
      response: { 200: StepEvents, ...problems(400, 401, 404) },
    }
    app.get('/v1/orders/:source/:number/steps/:step', { schema: events }, async (request) => {
      const { calls, ...events } = await showOrderStep(operations, principalOf(request), request.params)
      return { ...events, calls: calls.map((call) => ({ ...call, cut: [...call.cut] })) }
    })
    const schema = { tags: ['orders'], params: Params, response: { 200: Timeline, ...problems(400, 401, 404) } }
    app.get('/v1/orders/:source/:number', { schema }, async (request) => {
      const { order, parts, steps, ...rest } = await orderTimeline(operations, principalOf(request), request.params)
      return {
        ...rest,
        order: order === null ? null : { ...order, shares: [...order.shares], lines: [...order.lines] },
        parts: parts.map((part) => ({
          ...part,
          lines: [...part.lines],
          possible: [...part.possible],
          fulfilments: part.fulfilments.map(withLines),
        })),
        steps: steps.map(({ fulfilment, ...step }) => {
          return { ...step, fulfilment: fulfilment === null ? null : withLines(fulfilment) }
        }),
      }
    })
  }
}

/** Lists of answers may be written to. */
const withLines = <F extends OrderFulfilment>(fulfilment: F) => ({ ...fulfilment, lines: [...fulfilment.lines] })
