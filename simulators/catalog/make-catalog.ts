import { writeFileSync } from 'node:fs'
import { createRandom, type Random } from '../harness/random.ts'
import { type ProductFamily, ranges } from './product-families.ts'

const columns =
  'sku,store_view_code,attribute_set_code,product_type,categories,product_websites,name,description,short_description,weight,product_online,tax_class_name,visibility,price,special_price,special_price_from_date,special_price_to_date,url_key,meta_title,meta_keywords,meta_description,base_image,base_image_label,small_image,small_image_label,thumbnail_image,thumbnail_image_label,created_at,updated_at,new_from_date,new_to_date,display_product_options_in,map_price,msrp_price,map_enabled,gift_message_available,custom_design,custom_design_from,custom_design_to,custom_layout_update,page_layout,product_options_container,msrp_display_actual_price_type,country_of_manufacture,additional_attributes,qty,out_of_stock_qty,use_config_min_qty,is_qty_decimal,allow_backorders,use_config_backorders,min_cart_qty,use_config_min_sale_qty,max_cart_qty,use_config_max_sale_qty,is_in_stock,notify_on_stock_below,use_config_notify_stock_qty,manage_stock,use_config_manage_stock,use_config_qty_increments,qty_increments,use_config_enable_qty_inc,enable_qty_increments,is_decimal_divided,website_id,configurable_variations,configurable_variation_prices,configurable_variation_labels,additional_images'.split(
    ',',
  )

const stockDefaults = {
  out_of_stock_qty: '0',
  use_config_min_qty: '1',
  is_qty_decimal: '0',
  allow_backorders: '0',
  use_config_backorders: '1',
  min_cart_qty: '1',
  use_config_min_sale_qty: '1',
  max_cart_qty: '0',
  use_config_max_sale_qty: '1',
  use_config_notify_stock_qty: '1',
  manage_stock: '0',
  use_config_manage_stock: '1',
  use_config_qty_increments: '1',
  qty_increments: '0',
  use_config_enable_qty_inc: '1',
  enable_qty_increments: '0',
  is_decimal_divided: '0',
  website_id: '1',
}

type Row = Record<string, string>

/** The text of `catalog.csv`: the same on every run. */
export function makeCatalog(): string {
  const random = createRandom(1, 'catalog')
  const rows = ranges.flatMap(({ prefix, families }) => families.flatMap((one) => familyRows(prefix, one, random)))
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))]
  return `${lines.map((cells) => cells.map(csvCell).join(',')).join('\n')}\n`
}

function familyRows(prefix: string, one: ProductFamily, random: Random): Row[] {
  const sku = `${prefix}-${one.code}`
  if (one.sizes === undefined) return [simpleRow(sku, one.name, one, random, { visibility: 'Catalog, Search' })]
  const variants = one.sizes.flatMap((size) => (one.colors ?? []).map((color) => ({ size, color })))
  const rows = variants.map(({ size, color }) => {
    const extra = { visibility: 'Not Visible Individually', additional_attributes: `size=${size},color=${color}` }
    const row = simpleRow(`${sku}-${size}-${color}`, `${one.name} ${size} ${color}`, one, random, extra, color)
    return row
  })
  const list = variants.map(({ size, color }) => `sku=${sku}-${size}-${color},size=${size},color=${color}`)
  const parent: Row = {
    ...simpleRow(sku, one.name, one, random, { visibility: 'Catalog, Search' }, one.colors?.[0]),
    product_type: 'configurable',
    weight: '',
    qty: '0',
    configurable_variations: list.join('|'),
    configurable_variation_labels: 'size=Size,color=Color',
  }
  return [...rows, parent]
}

function simpleRow(sku: string, name: string, one: ProductFamily, random: Random, extra: Row, color?: string): Row {
  const slug = sku.toLowerCase()
  const picture = imageName(sku.split('-').slice(0, 2).join('-'), color)
  const alternatives = ['alt', 'back', 'detail'].slice(0, random.int(0, 3)).map((view) => `${picture}_${view}.jpg`)
  const attributes = [`material=${one.material.join('|')}`, `care="${careText(one)}"`]
  const inStock = !random.chance(0.06)
  return {
    sku,
    attribute_set_code: one.set,
    product_type: 'simple',
    categories: `Default Category/${one.set}`,
    product_websites: 'base',
    name,
    description: `<p>${one.text}</p>\n<p>&bull; ${one.material.join(', ')}<br />&bull; Weight ${one.weight} kg</p>`,
    short_description: one.text,
    weight: one.weight,
    product_online: '1',
    tax_class_name: 'Taxable Goods',
    price: one.price,
    url_key: slug,
    ...imageColumns(`${picture}_main.jpg`, color === undefined ? one.name : `${one.name}, ${color}`),
    created_at: `1/${random.int(5, 28)}/26, ${random.int(1, 11)}:${String(random.int(0, 59)).padStart(2, '0')} AM`,
    updated_at: `2/${random.int(1, 27)}/26, ${random.int(1, 11)}:${String(random.int(0, 59)).padStart(2, '0')} PM`,
    qty: inStock ? String(random.int(1, 240)) : '0',
    is_in_stock: inStock ? '1' : '0',
    additional_images: alternatives.join(','),
    ...stockDefaults,
    ...extra,
    additional_attributes: [extra['additional_attributes'], ...attributes].filter(Boolean).join(','),
  }
}

function careText({ set }: ProductFamily): string {
  return set === 'Gear' ? 'Wipe clean, dry in the air' : 'Wash at 30 °C, do not tumble dry'
}

function imageName(base: string, color?: string): string {
  const name = [base, color].filter(Boolean).join('-').toLowerCase()
  return `/${name[0]}/${name[1]}/${name}`
}

function imageColumns(file: string, label: string): Row {
  return {
    base_image: file,
    base_image_label: label,
    small_image: file,
    small_image_label: label,
    thumbnail_image: file,
    thumbnail_image_label: label,
  }
}

function csvCell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

if (import.meta.main) writeFileSync(new URL('catalog.csv', import.meta.url), makeCatalog())
