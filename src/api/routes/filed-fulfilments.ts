import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { filedKinds, fileFulfilment } from '../../operations/file-fulfilment.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { PathText } from '../path-text.ts'
import { problems } from '../problems.ts'
import { requestKey } from '../request-headers.ts'

const Text = Type.String()
const Params = Type.Object({
  source: PathText('Id of the shop'),
  number: PathText('Order number in the shop'),
})
const Line = {
  line: Type.String({ minLength: 1, maxLength: 200, description: "A `line` of the part's lines" }),
  quantity: Type.String({ minLength: 1, maxLength: 40, description: 'Quantity, a decimal' }),
}
const Carrier = Type.Union([Type.String({ maxLength: 200 }), Type.Null()])
const Body = Type.Object(
  {
    connection: Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'The connection whose part of the order it is',
    }),
    kind: Type.Enum([...filedKinds]),
    lines: Type.Optional(
      Type.Array(Type.Object(Line, { additionalProperties: false }), {
        maxItems: 500,
        description: 'Default: all lines of a confirmation, all open quantities of a shipment or cancellation',
      }),
    ),
    tracks: Type.Optional(
      Type.Array(
        Type.Object(
          { number: Type.String({ maxLength: 200 }), carrier: Type.Optional(Carrier) },
          { additionalProperties: false },
        ),
        { maxItems: 100, description: 'Parcels of a shipment' },
      ),
    ),
    reason: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'Of a cancellation: why the vendor does not deliver' }),
    ),
    dryRun: Type.Boolean({ default: false, description: 'Return what the shop would receive, without sending it' }),
  },
  { additionalProperties: false },
)
const Answer = Type.Object({
  id: Type.String({ description: "Id of the fulfilment, like an ERP's" }),
  kind: Type.Enum([...filedKinds]),
  dry_run: Type.Boolean(),
  event_id: Type.Union([Text, Type.Null()]),
  shop: Text,
  notifies_customer: Type.Boolean({ description: 'The shop notifies its customer' }),
  lines: Type.Array(
    Type.Object({
      line: Text,
      sku: Text,
      quantity: Text,
      open: Type.String({ description: 'Open quantity after it' }),
    }),
  ),
  tracks: Type.Array(Type.Object({ number: Text, carrier: Type.Union([Text, Type.Null()]) })),
})

/** Confirmations, shipments and cancellations of vendors that are entered by hand instead of read from an ERP. */
export function filedFulfilmentRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const response = { 200: Answer, 202: Answer, ...problems(400, 401, 404, 409) }
    const schema = { tags: ['orders'], params: Params, body: Body, response }
    app.post('/v1/orders/:source/:number/fulfilments', { schema }, async (request, reply) => {
      const { connection, kind, lines = [], tracks = [], reason = null, dryRun } = request.body
      const wanted = {
        ...request.params,
        connection,
        kind,
        lines,
        tracks: tracks.map(({ number, carrier = null }) => ({ number, carrier })),
        reason,
        requestKey: requestKey(request),
        dryRun,
      }
      const filed = await fileFulfilment(operations, principalOf(request), wanted)
      const answer = { ...filed, lines: [...filed.lines], tracks: [...filed.tracks] }
      return await reply.code(dryRun ? 200 : 202).send(answer)
    })
  }
}
