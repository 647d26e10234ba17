import type { ImageRow } from './feed-store.ts'

const roles = ['image', 'small_image', 'thumbnail', 'swatch_image']

/**
 * Validates a row of `PUT /_sim/rows`. `url` is absolute, or a path below `/images/`. @throws Error that names the
 * field
 */
export function readRow(body: unknown): ImageRow {
  const { sku, url, position = 1, label = '', role = '' } = Object(body) as Record<keyof ImageRow, unknown>
  if (typeof sku !== 'string' || sku === '') throw new Error('"sku" must be text.')
  if (typeof url !== 'string' || !/^(?:https?:\/\/|\/images\/)./.test(url)) {
    throw new Error('"url" must be an http address or a path below /images/.')
  }
  if (typeof position !== 'number' || !Number.isInteger(position)) throw new Error('"position" must be a whole number.')
  if (typeof label !== 'string') throw new Error('"label" must be text.')
  if (typeof role !== 'string' || !role.split('|').every((name) => name === '' || roles.includes(name))) {
    throw new Error(`"role" must be empty or one or several of ${roles.join('|')}.`)
  }
  return { sku, url, position, label, role }
}
