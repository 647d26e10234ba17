import type { FastifyInstance } from 'fastify'
import type { Disk } from './disk.ts'
import type { Program } from './program.ts'
import type { Item, Warehouse } from './warehouse.ts'

/** What is wrong with the server, as somebody has set it. */
export interface ServerTrouble {
  /** Nobody may sign in. */
  refusesSignIn: boolean
}

interface Parts {
  readonly warehouse: Warehouse
  readonly program: Program
  readonly disk: Disk
  readonly trouble: ServerTrouble
}

interface Shipment {
  readonly lines?: readonly { readonly line: number; readonly quantity: number }[]
  readonly tracking?: string
}

/** Routes for what the vendor's people do. */
export function addControlRoutes(app: FastifyInstance, { warehouse, program, disk, trouble }: Parts): void {
  app.register(
    (control, _options, done) => {
      control.setErrorHandler((error, _request, reply) => reply.code(400).send({ message: String(error) }))
      control.patch<{ Params: { sku: string }; Body: Partial<Record<'stock' | 'price', unknown>> }>(
        '/items/:sku',
        async ({ params, body }) => {
          const item = warehouse.change(params.sku, changesIn(body))
          if (body.price !== undefined) program.exportGoods()
          else program.exportStock()
          return item
        },
      )
      control.post('/export', async () => {
        program.exportGoods()
        return { exported: warehouse.items.all().length }
      })
      control.post<{ Params: { id: string }; Body: Shipment | undefined }>(
        '/orders/:id/ship',
        async ({ params, body }) => {
          const { lines, tracking = `1Z${params.id.padStart(16, '0')}` } = body ?? {}
          const wanted = lines === undefined ? null : new Map(lines.map(({ line, quantity }) => [line, quantity]))
          return program.ship(Number(params.id), wanted, tracking)
        },
      )
      control.put<{ Body: { denied?: readonly string[]; refusesSignIn?: boolean } }>('/server', async ({ body }) => {
        disk.denied = body.denied ?? []
        trouble.refusesSignIn = body.refusesSignIn ?? false
        return { denied: disk.denied, ...trouble }
      })
      done()
    },
    { prefix: '/_sim' },
  )
}

function changesIn({
  stock,
  price,
}: Partial<Record<'stock' | 'price', unknown>>): Partial<Pick<Item, 'stock' | 'price'>> {
  if (stock !== undefined && !Number.isSafeInteger(stock)) throw new Error('"stock" must be a whole number.')
  if (price !== undefined && !/^\d+(\.\d+)?$/.test(String(price))) throw new Error('"price" must be an amount.')
  return {
    ...(stock === undefined ? {} : { stock: Number(stock) }),
    ...(price === undefined ? {} : { price: String(price) }),
  }
}
