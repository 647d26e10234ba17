/** Writable columns of a product, as the catalog's document has them, with their defaults. */
export const productColumns = {
  text: {
    name: '',
    description: '',
    availability: 'available',
    availability_description: '',
    condition: 'New',
    upc: '',
    mpn: '',
    gtin: '',
    page_title: '',
    meta_description: '',
    search_keywords: '',
    warranty: '',
    bin_picking_number: '',
    layout_file: '',
    product_tax_code: '',
    preorder_message: '',
    price_hidden_label: '',
    gift_wrapping_options_type: 'any',
    open_graph_type: 'product',
    open_graph_title: '',
    open_graph_description: '',
  },
  number: {
    price: 0,
    cost_price: 0,
    retail_price: 0,
    sale_price: 0,
    map_price: 0,
    weight: 0,
    width: 0,
    height: 0,
    depth: 0,
    tax_class_id: 0,
    fixed_cost_shipping_price: 0,
    sort_order: 0,
    order_quantity_minimum: 0,
    order_quantity_maximum: 0,
    inventory_warning_level: 0,
  },
  flag: {
    is_visible: true,
    is_featured: false,
    is_free_shipping: false,
    is_condition_shown: false,
    is_preorder_only: false,
    is_price_hidden: false,
    open_graph_use_meta_description: true,
    open_graph_use_product_name: true,
    open_graph_use_image: true,
  },
  list: { categories: [], meta_keywords: [], related_products: [-1], gift_wrapping_options_list: [] },
} as const

/** Read only. */
const computedColumns = {
  view_count: 0,
  reviews_rating_sum: 0,
  reviews_count: 0,
  total_sold: 0,
  preorder_release_date: null,
} as const

/** Defaults of all columns. */
export const columnDefaults: Readonly<Record<string, unknown>> = {
  ...productColumns.text,
  ...productColumns.number,
  ...productColumns.flag,
  ...productColumns.list,
  ...computedColumns,
}

/** Columns with a fixed set of values. */
export const choices: Readonly<Record<string, readonly string[]>> = {
  availability: ['available', 'disabled', 'preorder'],
  condition: ['New', 'Used', 'Refurbished'],
  type: ['physical', 'digital'],
  inventory_tracking: ['none', 'product', 'variant'],
}
