interface ShopLine {
  readonly sku: string
  readonly product_type: string
  readonly qty_ordered: number
  readonly qty_shipped: number
  readonly qty_canceled?: number
  readonly qty_refunded?: number
  readonly parent_item?: ShopLine
}

export interface ShopOrder {
  readonly increment_id: string
  readonly grand_total: number
  readonly state: string
  readonly items: readonly ShopLine[]
}

/** Lines of a vendor that it will be sent: of a paid order, with pieces that are neither shipped nor taken back. */
export function linesToSend({ state, items }: ShopOrder, isVendors: RegExp): readonly ShopLine[] {
  if (state !== 'processing') return []
  return items.filter(
    (line) => isVendors.test(line.sku) && isOpen(line) && (!line.parent_item || isOpen(line.parent_item)),
  )
}

function isOpen({ qty_ordered, qty_shipped, qty_canceled = 0, qty_refunded = 0 }: ShopLine): boolean {
  return qty_ordered - qty_canceled - Math.max(qty_shipped, qty_refunded) > 0
}
