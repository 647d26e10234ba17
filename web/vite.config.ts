import { brotliCompressSync, constants } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'
import solid from 'vite-plugin-solid'

/**
 * Builds the page into `dist`. Every file except `index.html` has its digest in its name, so browsers may cache it for ever.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [solid(), preloaded(), inlined(), compressed()],
  build: {
    target: 'baseline-widely-available',
    // Data URLs would need an exception in the page's Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // Advice on the speed of plugins is no news for those who start the product.
      checks: { pluginTimings: false },
      output: {
        codeSplitting: {
          groups: [
            // The code that runs before the page's program is loaded.
            {
              name: 'first',
              test: /vite\/preload-helper|web\/src\/(api\/early|kept-|until-answered|first-)/,
              priority: 1,
            },
            // Code shared by several pages is small: one file per piece would mean one request per piece.
            { name: 'parts', test: /web\/src\/(parts|shell|api)\/|web\/src\/[^/]+$/, minShareCount: 2 },
          ],
        },
      },
    },
  },
})

/** Preloads the program and everything that it imports. */
function preloaded(): Plugin {
  return {
    name: 'preloaded',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const chunks = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? [file] : []))
        const main = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith('/src/main.tsx'))
        const names = main === undefined ? [] : [main.fileName, ...main.imports]
        return names.map((name) => ({
          tag: 'link',
          attrs: { rel: 'modulepreload', crossorigin: true, href: `/${name}` },
          injectTo: 'head' as const,
        }))
      },
    },
  }
}

/**
 * Inlines the styles into the index, so that the first view does not wait for another file. `data-href` names the file
 * with the same styles, for pages that are not built here.
 */
function inlined(): Plugin {
  return {
    name: 'inlined',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        return html.replace(/<link rel="stylesheet"[^>]* href="\/([^"]+)">/g, (link, name: string) => {
          const file = bundle[name]
          return file?.type === 'asset' ? `<style data-href="/${name}">${file.source}</style>` : link
        })
      },
    },
  }
}

/** Compresses at the highest level once here, because there is no time for it during a request. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (!/\.(js|css|html|svg)$/.test(file.fileName)) continue
          const content = Buffer.from(file.type === 'chunk' ? file.code : file.source)
          const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
          this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source: brotliCompressSync(content, best) })
        }
      },
    },
  }
}
