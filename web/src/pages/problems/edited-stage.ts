/** The editable mapping that a stage uses, or that its input was mapped with; undefined: none. */
export function editedOf(stage: string): 'products' | 'orders' | undefined {
  if (stage === 'map-products') return 'products'
  return stage === 'route-orders' || isMappedBefore(stage) ? 'orders' : undefined
}

/** Vendors' orders are mapped before delivery: their retry sends the earlier result or maps again. */
export function isMappedBefore(stage: string): boolean {
  return stage.startsWith('deliver-') && !stage.includes(':')
}
