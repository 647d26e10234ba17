import { expect, it } from 'vitest'
import { toImageGallery } from '../../../../src/systems/magento2/images.ts'

const settings = { mediaUrl: 'https://shop.test/media/', importedPrefix: 'ws-' }
const entry = (id: number, file: string, more: object = {}) => ({
  id,
  media_type: 'image',
  label: null,
  position: id,
  disabled: false,
  types: [],
  file,
  ...more,
})
const role = (attribute_code: string, value: string) => ({ attribute_code, value })
const url = (file: string) => `https://shop.test/media/catalog/product${file}`

it('gives the gallery by position, with the roles of the product', () => {
  const gallery = toImageGallery(
    {
      sku: '24-MB01',
      media_gallery_entries: [
        entry(1, '/m/b/b.jpg', { position: 2, label: 'Back' }),
        entry(2, '/m/b/a.jpg', { position: 1 }),
      ],
      custom_attributes: [
        role('image', '/m/b/a.jpg'),
        role('small_image', '/m/b/b.jpg'),
        role('thumbnail', 'no_selection'),
      ],
    },
    settings,
  )
  expect(gallery).toEqual({
    sku: '24-MB01',
    image: url('/m/b/a.jpg'),
    smallImage: url('/m/b/b.jpg'),
    thumbnail: null,
    swatchImage: null,
    gallery: [
      { url: url('/m/b/a.jpg'), position: 1, label: null, mediaType: 'image', storeId: null, picture: null },
      { url: url('/m/b/b.jpg'), position: 2, label: 'Back', mediaType: 'image', storeId: null, picture: null },
    ],
    attributes: {},
  })
})

it('leaves out disabled entries and keeps the type of a video', () => {
  const { gallery } = toImageGallery(
    {
      sku: 'a',
      media_gallery_entries: [
        entry(1, '/a.jpg', { disabled: true }),
        entry(2, '/v.jpg', { media_type: 'external-video' }),
      ],
    },
    settings,
  )
  expect(gallery.map(({ mediaType, url: address }) => [mediaType, address])).toEqual([
    ['external-video', url('/v.jpg')],
  ])
})

it('leaves out what the shop took from our feed, and roles that it has', () => {
  const gallery = toImageGallery(
    {
      sku: 'a',
      media_gallery_entries: [entry(1, '/w/s/ws-1.jpg'), entry(2, '/o/w/own.jpg'), entry(3, '/n/e/news-1.jpg')],
      custom_attributes: [role('image', '/w/s/ws-1.jpg'), role('thumbnail', '/o/w/own.jpg')],
    },
    settings,
  )
  expect(gallery.gallery.map((image) => image.url)).toEqual([url('/o/w/own.jpg'), url('/n/e/news-1.jpg')])
  expect(gallery).toMatchObject({ image: null, thumbnail: url('/o/w/own.jpg') })
})
