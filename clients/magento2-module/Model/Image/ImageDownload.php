<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Image;

use Magento\Framework\Api\Data\ImageContentInterface;
use Magento\Framework\Api\Data\ImageContentInterfaceFactory;
use Magento\Framework\Exception\LocalizedException;
use Magento\Framework\HTTP\Client\CurlFactory;

/** Fetches pictures. */
class ImageDownload
{
    private const SECONDS = 30;
    private const MOST_BYTES = 20_000_000;
    private const MOST_REDIRECTS = 3;
    private const REDIRECTS = [301, 302, 303, 307, 308];
    /** What Magento accepts (ImageContentValidator). */
    private const ENDINGS = [
        'image/jpeg' => 'jpg',
        'image/png' => 'png',
        'image/gif' => 'gif',
    ];

    /**
     * Constructor.
     *
     * @param CurlFactory $clients
     * @param ImageContentInterfaceFactory $contents
     * @param PublicHosts $hosts
     */
    public function __construct(
        private readonly CurlFactory $clients,
        private readonly ImageContentInterfaceFactory $contents,
        private readonly PublicHosts $hosts,
    ) {
    }

    /**
     * Fetch a picture.
     *
     * @param WantedImage $image
     * @return ImageContentInterface
     * @throws LocalizedException if there is no picture at its address
     */
    public function fetch(WantedImage $image): ImageContentInterface
    {
        $body = $this->get($image->url);
        $type = strlen($body) > self::MOST_BYTES ? '' : (string) (new \finfo(FILEINFO_MIME_TYPE))->buffer($body);
        if ($type === 'image/webp') {
            throw new LocalizedException(
                __('%1 is a WebP image, which Magento does not accept. Use JPEG, PNG or GIF.', $image->url)
            );
        }
        $ending = self::ENDINGS[$type] ?? null;
        if ($ending === null) {
            throw new LocalizedException(__('%1 is no JPEG, PNG or GIF of up to 20 MB.', $image->url));
        }
        $content = $this->contents->create();
        $content->setName("{$image->name}.{$ending}");
        $content->setType($type);
        $content->setBase64EncodedData(base64_encode($body));
        return $content;
    }

    /**
     * Fetch an address, and those that it leads to. Magento's client says the status of the first alone.
     *
     * @param string $url
     * @return string
     * @throws LocalizedException
     */
    private function get(string $url): string
    {
        for ($hops = 0; $hops <= self::MOST_REDIRECTS; $hops++) {
            if (preg_match('~^https?://~i', $url) !== 1) {
                throw new LocalizedException(__('%1 is no web address.', $url));
            }
            $resolved = $this->hosts->resolved($url);
            $client = $this->clients->create();
            if ($resolved !== null) {
                $client->setOption(CURLOPT_RESOLVE, [$resolved]);
            }
            $client->setTimeout(self::SECONDS);
            $client->setOption(CURLOPT_MAXFILESIZE, self::MOST_BYTES);
            $client->get($url);
            if ($client->getStatus() === 200) {
                return (string) $client->getBody();
            }
            $next = array_change_key_case($client->getHeaders())['location'] ?? null;
            if (!in_array($client->getStatus(), self::REDIRECTS, true) || !is_string($next)) {
                throw new LocalizedException(__('%1 answered with status %2.', $url, $client->getStatus()));
            }
            $url = $next;
        }
        throw new LocalizedException(__('%1 leads from address to address.', $url));
    }
}
