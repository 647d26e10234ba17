/** What a SKU has a row of. */
export const feedEntities = ['products', 'inventory', 'images'] as const
