/** Stands for every group in tier prices: `GroupInterface::CUST_GROUP_ALL`, and its name in the price services. */
export const allGroups = { id: 32_000, code: 'all groups' } as const

/** The customer groups of a new installation, by id. */
const codes = ['NOT LOGGED IN', 'General', 'Wholesale', 'Retailer'] as const

/** Codes are found in upper or lower case, as the database compares them. */
export function groupIdOf(code: string): number | undefined {
  if (code.toLowerCase() === allGroups.code) return allGroups.id
  const id = codes.findIndex((one) => one.toLowerCase() === code.toLowerCase())
  return id === -1 ? undefined : id
}

export function groupCodeOf(id: number): string {
  return id === allGroups.id ? allGroups.code : (codes[id] ?? String(id))
}
