/** Titles that are drawn before the program of the page is there: `texts.ts`, which has all texts, comes with that. */
export const firstTitles = {
  overview: 'Overview',
  order: (number: string) => `Order ${number}`,
  orders: 'Orders',
} as const
