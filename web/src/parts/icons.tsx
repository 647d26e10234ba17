import type { JSX } from 'solid-js'

const paths = {
  overview: 'M3 5.5h10M3 10.5h10M5.5 3 3 5.5 5.5 8M10.5 8 13 10.5 10.5 13',
  orders: 'M4 2.5h8v11l-2-1.3-2 1.3-2-1.3-2 1.3zM6.2 6h3.6M6.2 8.8h3.6',
  tasks: 'M13 5.5A5.3 5.3 0 0 0 3.2 6M3 10.5A5.3 5.3 0 0 0 12.8 10M13.2 2.6v3h-3M2.8 13.4v-3h3',
  connections: 'M2 4h4v4H2zM10 8h4v4h-4zM6 6h3.5a2.5 2.5 0 0 1 2.5 2M10 10H6.5A2.5 2.5 0 0 1 4 8',
  problems: 'M8 2.2 14.3 13H1.7zM8 6.4v3M8 11.3v.1',
  api: 'M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5',
  shop: 'M2.5 6.5 3.6 3h8.8l1.1 3.5M3.5 7v6h9V7M2.5 6.5a1.8 1.8 0 0 0 3.6 0 1.9 1.9 0 0 0 3.8 0 1.8 1.8 0 0 0 3.6 0',
  vendor: 'M2.5 13V7l3.5 2V7l3.5 2V3h4v10z',
  fulfilments:
    'M1.5 4h8v7h-8zM9.5 6.5h2.7l2.3 2.3V11h-5M4.2 13a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4M11.7 13a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4',
  products: 'M8 1.8 13.5 5v6L8 14.2 2.5 11V5zM2.5 5 8 8.2 13.5 5M8 8.2v6',
  inventory: 'M2.5 9.5h11v4h-11zM4.5 5.5h7v4h-7zM6 1.8h4v3.7H6z',
  prices: 'M2.5 2.5h5.3l5.9 5.9-5.3 5.3-5.9-5.9zM5.4 5.4v.1',
  images: 'M2 3h12v10H2zM2 11l3.5-3.5L9 11l2-2 3 2.5M10.8 6.1v.1',
  check: 'M3 8.5 6.5 12 13 4.5',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M8 4.8V8l2.2 1.4',
  right: 'M6 3.5 10.5 8 6 12.5',
  left: 'M10 3.5 5.5 8 10 12.5',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9M10.4 10.4 14 14',
  resync: 'M3 4.5h6.5a3.5 3.5 0 0 1 0 7H3M5.5 2 3 4.5 5.5 7M3 8.5v6',
  retry: 'M13 8a5 5 0 1 1-1.5-3.6L13 6M13 2.8V6H9.8',
  discard: 'M3 4.5h10M6.5 4V2.5h3V4M4.5 4.5l.5 9h6l.5-9M6.8 7v4M9.2 7v4',
  more: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  close: 'M4 4l8 8M12 4l-8 8',
  system: 'M2 3h12v8H2zM6 13.5h4M8 11v2.5',
  light:
    'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9',
  dark: 'M13.3 9.8A5.8 5.8 0 0 1 6.2 2.7a5.8 5.8 0 1 0 7.1 7.1',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  out: 'M9.5 2.5h-6v11h6M6.5 8h7M11 5.5 13.5 8 11 10.5',
  keys: 'M10.5 9.5a4 4 0 1 0-3.8-2.8L2 11.4V14h2.6v-1.8h1.8v-1.8h1.2l1.2-1.2a4 4 0 0 0 1.7.3M11.2 4.8v.1',
  audit: 'M3 2.2h10v11.6H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3',
  demo: 'M9 1.8 4 9h3.6L7 14.2 12 7H8.4z',
  file: 'M4 1.8h5.2L12.5 5v9.2H4zM9 2v3.2h3.3',
} as const

export type IconName = keyof typeof paths

/** Decoration: the text next to it says the same. */
export function Icon(props: { readonly name: IconName; readonly size?: number }): JSX.Element {
  const size = () => props.size ?? 16
  return (
    <svg class="icon" width={size()} height={size()} viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[props.name]} />
    </svg>
  )
}

/** Undefined: there is no icon of that name. */
export function iconOf(name: string): IconName | undefined {
  return Object.hasOwn(paths, name) ? (name as IconName) : undefined
}
