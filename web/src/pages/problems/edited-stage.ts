/** What a stage maps by, or what it delivers was mapped by; undefined: nothing that can be edited. */
export function editedOf(stage: string): 'products' | 'orders' | undefined {
  if (stage === 'map-products') return 'products'
  return stage === 'route-orders' || isMappedBefore(stage) ? 'orders' : undefined
}

/** Vendors' orders are mapped before they are delivered: their retry sends what was mapped, or maps it anew. */
export function isMappedBefore(stage: string): boolean {
  return stage.startsWith('deliver-') && !stage.includes(':')
}
