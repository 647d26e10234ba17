import { StreamError } from '../../errors.ts'
import type { Http, HttpRequest } from '../../platform/http.ts'

/** A resource of Magento's access control: its place in the admin's tree, and what it is needed for. */
interface Permission {
  readonly resource: string
  readonly title: string
  readonly use: string
  /** Waldstream's calls that need it; variable parts of a path start with a colon. */
  readonly routes: readonly string[]
  /** A call that needs it and never changes anything: its status alone shows whether access is granted. */
  readonly probe: Pick<HttpRequest, 'method' | 'path' | 'query' | 'json'>
}

const ONE = [['searchCriteria[pageSize]', '1']] as const
/** A comment on an order that does not exist. */
const NO_COMMENT = { comment: '', is_customer_notified: 0, is_visible_on_front: 0, parent_id: 0 }
const NOWHERE = '00000000-0000-0000-0000-000000000000'

/** The only table of routes and permissions: tests compare it with the documentation and the simulator. */
export const permissions: readonly Permission[] = [
  {
    resource: 'Magento_Sales::actions_view',
    title: 'Sales › Orders › Actions › View',
    use: 'reading orders; all shipments',
    routes: ['GET /orders', 'GET /orders/:id'],
    probe: { method: 'GET', path: '/orders', query: ONE },
  },
  {
    resource: 'Magento_Sales::ship',
    title: 'Sales › Orders › Actions › Ship',
    use: 'shipments',
    routes: ['POST /order/:id/ship'],
    probe: { method: 'POST', path: '/order/0/ship', json: {} },
  },
  {
    resource: 'Magento_Sales::comment',
    title: 'Sales › Orders › Actions › Comments',
    use: 'closures and cancellations',
    routes: ['POST /orders/:id/comments'],
    probe: { method: 'POST', path: '/orders/0/comments', json: { statusHistory: NO_COMMENT } },
  },
  {
    resource: 'Magento_Sales::shipment',
    title: 'Sales › Shipments',
    use: 'finding shipments, adding tracks',
    routes: ['GET /shipments', 'POST /shipment/track'],
    probe: { method: 'GET', path: '/shipments', query: ONE },
  },
  {
    resource: 'Magento_Catalog::products',
    title: 'Catalog › Inventory › Products',
    use: 'products, images, stock, bundles',
    routes: [
      'GET /products',
      'POST /products',
      'GET /products/:sku/media',
      'POST /products/:sku/media',
      'PUT /products/:sku/media/:entryId',
      'DELETE /products/:sku/media/:entryId',
    ],
    probe: { method: 'GET', path: '/products', query: ONE },
  },
  {
    resource: 'Magento_InventoryApi::source',
    title: 'Stores › Inventory › Sources',
    use: 'reading stock; shipments',
    routes: ['GET /inventory/source-items'],
    probe: { method: 'GET', path: '/inventory/source-items', query: ONE },
  },
  {
    resource: 'Magento_InventoryApi::stock_source_item_assign',
    title: 'Stores › Inventory › Stocks › Source Item Assigning',
    use: 'pushing stock; shipments',
    routes: ['POST /inventory/source-items'],
    probe: { method: 'POST', path: '/inventory/source-items', json: { sourceItems: [] } },
  },
  {
    resource: 'Magento_Backend::store',
    title: 'Stores › Settings › All Stores',
    use: 'reading products and images',
    routes: ['GET /store/storeConfigs'],
    probe: { method: 'GET', path: '/store/storeConfigs' },
  },
  {
    resource: 'Magento_AsynchronousOperations::system_magento_logging_bulk_operations',
    title: 'System › Action Logs › Bulk Operations',
    use: 'pushed products and stock',
    routes: ['GET /bulk/:uuid/status'],
    probe: { method: 'GET', path: `/bulk/${NOWHERE}/status` },
  },
]

/** The resources that the caller lacks, in words; null if it lacks all. Rethrows other errors. */
export async function permissionWarnings(
  http: Http,
  root: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[] | null> {
  const lacking: string[] = []
  for (const { resource, title, use, probe } of permissions) {
    const request = { ...probe, path: `${root}${probe.path}`, ...(signal === undefined ? {} : { signal }) }
    if (await isLacking(http, request)) {
      lacking.push(`no access to ${title} (${resource}): grant this resource to the integration, needed for ${use}`)
    }
  }
  return lacking.length === permissions.length ? null : lacking
}

/** Magento checks access first: any other error means that access is granted. */
async function isLacking(http: Http, request: HttpRequest): Promise<boolean> {
  try {
    await http.request(request)
    return false
  } catch (error) {
    if (!(error instanceof StreamError)) throw error
    if (error.code === 'permission_missing') return true
    if (['target_rejected', 'not_found', 'configuration_invalid'].includes(error.code)) return false
    throw error
  }
}
