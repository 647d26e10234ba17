import type { SpecDocument } from './contract-mock.ts'

const v2 = '/v2'
const v3 = '/v3'
const b2b = '/api/v3/io'

/** BigCommerce's documents of what is read and written; `root`: what stands before the version of the core's addresses. */
export function bigcommerceDocuments(root: string): readonly SpecDocument[] {
  const core = (file: string, version: string, paths: RegExp): SpecDocument => ({
    file: `bigcommerce/reference/${file}`,
    below: `${root}${version}`,
    paths,
  })
  const edition = (file: string, paths: RegExp): SpecDocument => ({
    file: `bigcommerce/docs/b2b-edition/specs/api-v3/${file}`,
    below: b2b,
    paths,
  })
  return [
    core('orders.v2.oas2.yml', v2, /^\/orders/),
    core('store_information.v2.yml', v2, /^\/store$/),
    core('catalog/product-variants_catalog.v3.yml', v3, /^\/catalog\/(variants|products\/\d+\/variants)/),
    core('catalog/products_catalog.v3.yml', v3, /^\/catalog\/products/),
    core('catalog/brands_catalog.v3.yml', v3, /^\/catalog\/brands/),
    core('channels.v3.yml', v3, /^\/channels/),
    core('inventory.v3.yml', v3, /^\/inventory/),
    core('webhooks.v3.yml', v3, /^\/hooks/),
    edition('order/order.yaml', /^\/orders/),
    edition('company/company.yaml', /^\/companies/),
  ]
}

/** What the documents have wrong, each by words of their own; nothing else is let pass. */
const ERRATA: readonly RegExp[] = [
  // "sort=date_created:asc" in the description of the parameter.
  /^GET \/orders .*query parameter sort must be equal to one of the allowed values/,
  // A GET has no content.
  /^GET .*header must have required property 'content-type'/,
  // "List of `variant_id` separated by comma."
  /^GET \/inventory\/items .*variant_id:in must be integer/,
  // "Controlled by isIncludeExtraFields params" at the company's extraFields, which the operation itself leaves out.
  /^GET \/companies\/\{companyId\} \?isIncludeExtraFields is not known/,
  // The example is a UUID.
  /^GET \/orders.*cartId must be integer/,
  // "The Unix timestamp for when …": no time of day.
  /^GET \/companies.*(created|updated)At must match format "time"/,
  // The forms with image_file and with image_url are the same.
  /\/images.* data must match exactly one schema in oneOf/,
  // Null where a product has several variants, and where an order's row or an item has none of it.
  /^(GET|PUT|POST) \/catalog\/products.*(base_variant_id|option_set_id) must be integer/,
]

export const withoutErrata = (faults: readonly string[]): string[] => [
  ...new Set(faults.filter((fault) => !ERRATA.some((one) => one.test(fault)))),
]
