import { StreamError } from '../../errors.ts'
import type { ImageFeedSettings } from './client.ts'

/** What is configured of an image feed, with its address and secrets resolved. */
export interface ConfiguredImageFeed {
  readonly id: string
  readonly address: string
  readonly secrets: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, string>>
}

/** `settings.path`, where given, is taken from the address. Throws `configuration_invalid`. */
export function imageFeedSettings({ id, address, secrets, settings }: ConfiguredImageFeed): ImageFeedSettings {
  const path = settings['path'] ?? ''
  if (!URL.canParse(path, address)) {
    const message = `system ${id} (image-feed): address must be the feed's http or https address`
    throw new StreamError('configuration_invalid', message, { field: 'address' })
  }
  const { username, password } = secrets
  const login = username && password ? { username, password } : null
  return { url: new URL(path, address).href, login }
}
