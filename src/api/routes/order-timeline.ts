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
  number: PathText('Order number in the shop'),
})

const Line = Type.Object({
  line: Text,
  parent: OptionalText,
  sku: Text,
  ordered: Quantity,
  canceled: Quantity,
  refunded: Quantity,
  shipped: Quantity,
  wanted: Type.String({ description: 'Quantity that the vendor delivers, shipped or not' }),
  amount: Nullable(
    Type.String({ description: "In its owner's part of the order; null: the line is divided among its components" }),
  ),
  connection: Nullable(Type.String({ description: 'The owner; null: the seller, or unclear' })),
  unsent: Nullable(
    Type.Object(
      {
        code: Type.String({
          description:
            "The decision's code, or refunded, canceled, divided, line_claimed_twice, or the state of the part",
        }),
        message: OptionalText,
      },
      { description: 'Why it was not sent to the vendor; null: it was sent, or belongs to no vendor' },
    ),
  ),
})

const Amounts = Type.Object(
  {
    subtotal: Amount,
    discount: Type.String({ description: 'Subtracted' }),
    shipping: Type.String({ description: 'Without its tax' }),
    tax: Type.String({ description: 'Of lines and shipping' }),
    charges: Type.String({ description: 'Fees, gift wrapping and similar, with tax' }),
    credit: Type.String({ description: 'Paid by gift cards and store credit' }),
    refunded: Type.String({ description: 'Value of the refunded quantities; not subtracted from the total' }),
  },
  { description: 'Components of the total' },
)

const Share = Type.Object({
  connection: Text,
  amount: Type.String({ description: "The vendor's lines and their share of all other amounts" }),
  sent: Type.String({ description: 'Part of it that was sent to the vendor' }),
  unsent: Type.String({ description: 'The rest' }),
})

const PartLine = Type.Object({
  line: Text,
  parent: OptionalText,
  sku: Text,
  name: OptionalText,
  wanted: Type.String({ description: 'Quantity to deliver, shipped or not' }),
  open: Type.String({
    description: 'Part of it that is not shipped according to the shop, the ERP and entries by hand',
  }),
  amount: Amount,
})

const FulfilledLines = Type.Array(
  Type.Object({
    sku: Text,
    quantity: Quantity,
    reason: Nullable(Type.String({ description: 'Why the vendor does not deliver it, if its ERP reports it' })),
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
        total: Type.String({ description: 'Amount that the buyer pays' }),
        amounts: Amounts,
        shares: Type.Array(Share, { description: "Each vendor's share of the total" }),
        own: Type.String({ description: "The seller's own lines and charges" }),
        difference: Type.String({ description: 'The total minus the shares and `own`; 0: they add up' }),
        lines: Type.Array(Line),
      }),
      Type.Null(),
    ],
    { description: "As last read; null if it is no longer stored, or outside the caller's scope" },
  ),
  parts: Type.Array(
    Type.Object({
      connection: Text,
      currency: OptionalText,
      placed_at: OptionalText,
      lines: Type.Array(PartLine, { description: 'As last sent to the vendor' }),
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
        description: 'Actions that are possible now, besides a hold; a preview may still refuse them',
      }),
    }),
  ),
  steps: Type.Array(
    Type.Object({
      step: Type.String({
        description: 'Id of the step: /v1/orders/{source}/{number}/steps/{step} has its events and calls',
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
      by: Nullable(Type.String({ description: 'The person who did it; null: a stage' })),
      fulfilment: Nullable(Type.Object({ id: Text, source: Text, kind: Text, lines: FulfilledLines })),
    }),
    { description: 'Oldest first' },
  ),
  more: Type.Boolean({ description: 'There are older steps that are not listed' }),
})

const Shown = Nullable(
  Type.Object({
    topic: Text,
    partition: Type.Integer(),
    offset: Type.Integer(),
    bytes: Type.Integer(),
    event: Type.Unknown({ description: 'Personal fields masked for keys without persons:read' }),
    problem: Nullable(Type.String({ description: 'Why it cannot be shown' })),
  }),
)
const Body = (what: string) => Nullable(Type.String({ description: `${what}; personal data is masked for everybody` }))
const Call = Type.Object({
  at: Text,
  method: Text,
  address: Type.String({ description: 'Host and path, with the names of query parameters' }),
  status: Nullable(Type.Integer({ description: 'Status of the response; null: there was none' })),
  ms: Type.Integer(),
  request: Body('The request'),
  answer: Body('The response'),
  error: Nullable(Type.String({ description: 'Error code, if it failed' })),
  cut: Type.Array(Type.Enum(['request', 'answer']), {
    description: 'Bodies cut to their first 16,000 characters, or not stored at all if null',
  }),
})
const StepEvents = Type.Object(
  {
    as_read: Shown,
    as_mapped: Shown,
    calls: Type.Array(Call, { description: 'Calls to the ERP or the shop, of the attempts that end with this step' }),
    calls_left_out: Type.Integer({ description: 'Number of calls that are not stored: an attempt stores 20' }),
  },
  { description: "null: there is none, or it is outside the caller's scope" },
)

/** One order from beginning to end. */
export function orderTimelineRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const events = {
      tags: ['orders'],
      params: Type.Object({ ...Params.properties, step: PathText('Id of the step in the timeline') }),
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

/** Copies the lines, because the response type has mutable lists. */
const withLines = <F extends OrderFulfilment>(fulfilment: F) => ({ ...fulfilment, lines: [...fulfilment.lines] })
