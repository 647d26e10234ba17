/** What the sample vendors sell: SKU, name, price, colour, and what is in stock. */
export interface Good {
  readonly sku: string
  readonly name: string
  readonly price: string
  readonly color: string
  readonly stock: string
}

const rows: readonly (readonly [sku: string, name: string, price: string, color: string, stock: string])[] = [
  ['NW-JACKET-ALPINE-M', 'Alpine shell jacket, M', '189.00', 'Slate', '42'],
  ['NW-JACKET-ALPINE-L', 'Alpine shell jacket, L', '189.00', 'Slate', '17'],
  ['NW-PANTS-RIDGE-L', 'Ridge trekking trousers, L', '89.50', 'Moss', '63'],
  ['NW-FLEECE-COL-S', 'Col fleece, S', '74.90', 'Moss', '0'],
  ['NW-PACK-38', 'Traverse pack 38 l', '149.00', 'Slate', '28'],
  ['NW-TENT-2P', 'Bivouac tent for two', '429.00', 'Moss', '6'],
  ['NW-ROPE-60', 'Single rope 9.5 mm, 60 m', '164.00', 'Slate', '31'],
  ['NW-HARNESS-M', 'Sport harness, M', '69.00', 'Slate', '54'],
  ['NW-HELMET-55', 'Helmet 53 to 58 cm', '79.90', 'Slate', '12'],
  ['NW-GLOVES-9', 'Belay gloves, 9', '34.50', 'Moss', '88'],
  ['NW-LAMP-400', 'Head lamp 400 lm', '59.00', 'Slate', '120'],
  ['NW-STOVE-TI', 'Titanium stove', '64.90', 'Slate', '9'],
]

export const goods: readonly Good[] = rows.map(([sku, name, price, color, stock]) => ({
  sku,
  name,
  price,
  color,
  stock,
}))
