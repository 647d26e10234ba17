/** Entities of which a SKU has a row. */
export const feedEntities = ['products', 'inventory', 'prices', 'images'] as const
