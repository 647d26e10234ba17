/** Entities of which a SKU has a row. */
export const feedEntities = ['products', 'inventory', 'images'] as const
