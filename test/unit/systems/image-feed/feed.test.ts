import { describe, expect, it } from 'vitest'
import type { ImageGallery } from '../../../../src/events/generated/events.ts'
import { groupBySku, toGallery } from '../../../../src/systems/image-feed/images.ts'
import { parseText } from '../../../worlds/image-feed.ts'

const HEADER = 'sku,url,position,label,role\n'
const read = async (rows: string, header = HEADER, settings = {}) =>
  await groupBySku(await parseText(header + rows, settings))
const galleryOf = async (rows: string, header = HEADER, settings = {}): Promise<ImageGallery> => {
  const [entity] = await read(rows, header, settings)
  if (entity === undefined) throw new Error('no entity')
  return toGallery(entity)
}
const placesOf = ({ gallery }: ImageGallery) => gallery.map(({ url, position }) => `${url.at(-1)}${position}`)

describe('the image feed', () => {
  it('gives a gallery of each SKU, in the order of SKUs and positions', async () => {
    const entities = await read(
      'b,https://v.test/b.jpg,1,,\na,https://v.test/2.jpg,2,"Back, left",thumbnail\na,https://v.test/1.jpg,1,,image|small_image\n',
    )
    expect(entities.map(({ sku }) => sku)).toEqual(['a', 'b'])
    expect(entities.map((entity) => toGallery(entity))[0]).toEqual({
      sku: 'a',
      image: 'https://v.test/1.jpg',
      smallImage: 'https://v.test/1.jpg',
      thumbnail: 'https://v.test/2.jpg',
      swatchImage: null,
      gallery: [
        { url: 'https://v.test/1.jpg', position: 1, label: null, mediaType: 'image', storeId: null, picture: null },
        {
          url: 'https://v.test/2.jpg',
          position: 2,
          label: 'Back, left',
          mediaType: 'image',
          storeId: null,
          picture: null,
        },
      ],
      attributes: {},
    })
  })

  it('keeps labels as they are', async () => {
    const { gallery } = await galleryOf('a,https://v.test/a,1,Größe „M“ 👟 čo,\n')
    expect(gallery[0]?.label).toBe('Größe „M“ 👟 čo')
  })

  it('puts an image without a position behind the one before it', async () => {
    expect(placesOf(await galleryOf('a,https://v.test/z,,,\na,https://v.test/y,,,\na,https://v.test/x,,,\n'))).toEqual([
      'z0',
      'y1',
      'x2',
    ])
    expect(
      placesOf(await galleryOf('a,https://v.test/z,5,,\na,https://v.test/y,,,\na,https://v.test/x,1,,\n')),
    ).toEqual(['x1', 'z5', 'y6'])
  })

  it('has an address that is there twice once, with the roles of both', async () => {
    const gallery = await galleryOf('a,https://v.test/z,1,,image\na,https://v.test/z,2,Front,thumbnail\n')
    expect(gallery).toMatchObject({ image: 'https://v.test/z', thumbnail: 'https://v.test/z' })
    expect(gallery.gallery).toMatchObject([{ position: 1, label: 'Front' }])
  })

  it('gives a row of several addresses their fields one by one, or one label to all and one role to the first', async () => {
    const header = 'sku,a,b,c,position,label,role\n'
    const gallery = await galleryOf('x,https://v.test/1,,https://v.test/3,4,Shoe,image\n', header, {
      'columns.url': 'a|b|c',
    })
    expect(gallery).toMatchObject({ image: 'https://v.test/1', thumbnail: null })
    expect(gallery.gallery).toMatchObject([
      { url: 'https://v.test/1', position: 4, label: 'Shoe' },
      { url: 'https://v.test/3', position: 5, label: 'Shoe' },
    ])
    const labels = { 'columns.url': 'a|b', 'columns.label': 'la|lb' }
    const each = await galleryOf('x,https://v.test/1,https://v.test/2,One,Two\n', 'sku,a,b,la,lb\n', labels)
    expect(each.gallery.map(({ label }) => label)).toEqual(['One', 'Two'])
    await expect(
      galleryOf('x,https://v.test/1,https://v.test/2,,p,q,r\n', 'sku,a,b,position,la,lb,lc\n', {
        'columns.url': 'a|b',
        'columns.label': 'la|lb|lc',
      }),
    ).rejects.toThrow(/"label": has 3 values for 2 addresses/)
  })

  it('may have a column for each role, as a product export of Magento has', async () => {
    const header = 'sku,base_image,thumbnail_image,additional_images\n'
    const row = 'x,https://v.test/1,https://v.test/1,"https://v.test/2,https://v.test/3"\n'
    const gallery = await galleryOf(row, header, {
      'columns.image': 'base_image',
      'columns.thumbnail': 'thumbnail_image',
      'columns.url': 'additional_images',
      separator: ',',
    })
    expect(gallery).toMatchObject({ image: 'https://v.test/1', thumbnail: 'https://v.test/1', swatchImage: null })
    expect(placesOf(gallery)).toEqual(['10', '21', '32'])
  })

  it('tells images from videos by a column of media types', async () => {
    const settings = { 'columns.media_type': 'type' }
    const text = 'x,https://v.test/1,image/jpeg\nx,https://v.test/2,video/mp4\nx,https://v.test/3,\n'
    const { gallery } = await galleryOf(text, 'sku,url,type\n', settings)
    expect(gallery.map(({ mediaType }) => mediaType)).toEqual(['image', 'external-video', 'image'])
    await expect(galleryOf('x,https://v.test/1,pdf\n', 'sku,url,type\n', settings)).rejects.toThrow(
      /neither an image nor a video/,
    )
  })

  it.each([
    ['no SKU', ',https://v.test/a.jpg,1,,\nb,https://v.test/b.jpg,1,,\n', /line 2, column "sku": is empty/],
    ['no address', 'a,not a url,1,,\n', /line 2, column "url": is not an http or https address/],
    ['another protocol', 'a,file:///etc/passwd,1,,\n', /column "url"/],
    ['a position that is none', 'a,https://v.test/a.jpg,first,,\n', /column "position"/],
    ['an unknown role', 'a,https://v.test/a.jpg,1,,image|hero\n', /column "role": "hero" is not valid/],
  ])('names line and column of a wrong row: %s', async (_, rows, message) => {
    await expect(galleryOf(rows)).rejects.toThrow(message)
  })

  it('makes a SKU with one wrong row unreadable, and no other', async () => {
    const entities = await read('a,https://v.test/a.jpg,1,,\na,nowhere,2,,\nb,https://v.test/b.jpg,1,,\n')
    expect(() => entities[0] && toGallery(entities[0])).toThrow(/line 3/)
    expect(entities[1] && toGallery(entities[1]).gallery).toHaveLength(1)
  })

  it('is told by its media type, else by how it begins', async () => {
    expect(await parseText('  [{"sku":"a","url":"https://v.test/a"}]')).toHaveLength(1)
    expect(await parseText('\n<f><r><sku>a</sku><url>https://v.test/a</url></r></f>')).toHaveLength(1)
    await expect(parseText('[{"sku":"a","url":"https://v.test/a"}]', { format: 'xml' })).rejects.toThrow(/XML/)
  })
})
