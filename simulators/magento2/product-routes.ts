import { type ProductChanges, removeMedia, saveMedia, saveProduct } from './change-product.ts'
import { isRequired, MagentoError, noSuchProduct } from './magento-error.ts'
import { renderProduct } from './render.ts'
import { type AddRoute, answerSearch, integerParameter, type RestCall } from './routes.ts'
import type { SearchSettings } from './search.ts'
import type { Shop } from './shop.ts'
import type { Switches } from './switches.ts'
import type { MediaEntry, Product } from './wire-types.ts'

/** Products and their media gallery. */
export function addProductRoutes(add: AddRoute, shop: Shop, switches: Switches): void {
  const { products } = shop.store
  const find = ({ parameters }: RestCall) => {
    const product = products.get(parameters['sku'] ?? '')
    if (product === undefined) throw noSuchProduct()
    return product
  }
  add('GET', '/products', ({ query }) => {
    const rows = products.all()
    return answerSearch(rows, query, productSearch(rows, switches), renderProduct)
  })
  add('POST', '/products', ({ body }) => renderProduct(postProduct(shop, body)))
  add('GET', '/products/:sku', (call) => renderProduct(find(call)))
  add('PUT', '/products/:sku', ({ parameters, body }) =>
    renderProduct(saveProduct(shop, parameters['sku'] ?? '', readProduct(body))),
  )
  add('DELETE', '/products/:sku', (call) => {
    products.delete(find(call).sku)
    return true
  })
  addMediaRoutes(add, shop, find)
}

/** Creates or changes the product that the body names. */
export function postProduct(shop: Shop, body: unknown): Product {
  const changes = readProduct(body)
  if (!changes.sku) throw isRequired('sku')
  return saveProduct(shop, changes.sku, changes)
}

function addMediaRoutes(add: AddRoute, shop: Shop, find: (call: RestCall) => Product): void {
  const findEntry = (call: RestCall) => {
    const id = integerParameter(call, 'entryId')
    const entry = find(call).media_gallery_entries.find((one) => one.id === id)
    if (entry === undefined) throw new MagentoError(404, 'No such entity.')
    return entry
  }
  add('GET', '/products/:sku/media', (call) => find(call).media_gallery_entries)
  add('GET', '/products/:sku/media/:entryId', (call) => findEntry(call))
  // The id is text on the wire, whatever the specification says.
  add('POST', '/products/:sku/media', (call) => {
    const { id: _new, ...entry } = readEntry(call.body)
    return String(saveMedia(shop, find(call), entry).id)
  })
  add('PUT', '/products/:sku/media/:entryId', (call) => {
    saveMedia(shop, find(call), { ...readEntry(call.body), id: findEntry(call).id })
    return true
  })
  add('DELETE', '/products/:sku/media/:entryId', (call) => {
    removeMedia(shop, find(call), findEntry(call).id)
    return true
  })
}

const columns = ['sku', 'name', 'attribute_set_id', 'price', 'status', 'visibility', 'type_id', 'weight'] as const
const times = ['created_at', 'updated_at'] as const

/** Products are searched by their columns (`entity_id` is the id) and by any attribute that some product has. */
function productSearch(products: readonly Product[], switches: Switches): SearchSettings<Product> {
  const codes = new Set(products.flatMap((product) => product.custom_attributes.map((one) => one.attribute_code)))
  return {
    key: ({ id }) => id,
    switches,
    read(product, field) {
      if (field === 'entity_id' || field === 'id') return product.id
      const column = [...columns, ...times].find((name) => name === field)
      if (column !== undefined) return product[column]
      if (!codes.has(field)) throw new MagentoError(400, 'Invalid attribute name: %1', { parameters: [field] })
      const value = product.custom_attributes.find(({ attribute_code: code }) => code === field)?.value
      return Array.isArray(value) ? value.join(',') : value
    },
  }
}

function readProduct(body: unknown): ProductChanges {
  const { product } = Object(body) as { product?: ProductChanges }
  if (typeof product !== 'object' || product === null) throw isRequired('product')
  return product
}

function readEntry(body: unknown): Partial<MediaEntry> {
  const { entry } = Object(body) as { entry?: Partial<MediaEntry> }
  if (typeof entry !== 'object' || entry === null) throw isRequired('entry')
  return entry
}
