<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Image;

use Magento\Framework\Exception\LocalizedException;
use Waldstream\Feeds\Model\Config;

/** Judges addresses of pictures, which a vendor gives: none may lead into the network of the shop. */
class PublicHosts
{
    private const PUBLIC = FILTER_FLAG_NO_PRIV_RANGE | FILTER_FLAG_NO_RES_RANGE;
    /** 100.64.0.0/10: shared by networks of carriers and clouds (RFC 6598). PHP's filter does not know it. */
    private const SHARED = '~^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.~';

    /**
     * Constructor.
     *
     * @param Config $config
     */
    public function __construct(private readonly Config $config)
    {
    }

    /**
     * What curl has to connect to, so that the name cannot lead elsewhere meanwhile.
     *
     * @param string $url
     * @return string|null host:port:address, as CURLOPT_RESOLVE takes it; null: the host is an address itself
     * @throws LocalizedException if the host has no address, or one that is not public
     */
    public function resolved(string $url): ?string
    {
        // phpcs:ignore Magento2.Functions.DiscouragedFunction
        $parts = parse_url($url);
        $host = strtolower(trim((string) ($parts['host'] ?? ''), '[]'));
        $port = $parts['port'] ?? (stripos($url, 'https:') === 0 ? 443 : 80);
        $isAddress = filter_var($host, FILTER_VALIDATE_IP) !== false;
        $addresses = $isAddress ? [$host] : $this->addressesOf($host);
        if ($addresses === []) {
            throw new LocalizedException(__('%1: its host has no address.', $url));
        }
        $isAllowed = in_array($host, $this->config->imageHosts(), true);
        foreach ($addresses as $address) {
            if (!$isAllowed && !$this->isPublic($address)) {
                throw new LocalizedException(
                    __('%1 leads into a private network. If it should, add %2 to the hosts of pictures.', $url, $host)
                );
            }
        }
        return $isAddress ? null : "{$host}:{$port}:{$addresses[0]}";
    }

    /**
     * Whether an address is one of the Internet. IPv4 in IPv6 counts as private: no public host needs it.
     *
     * @param string $address
     * @return bool
     */
    private function isPublic(string $address): bool
    {
        if (filter_var($address, FILTER_VALIDATE_IP, self::PUBLIC) === false) {
            return false;
        }
        if (str_contains($address, ':')) {
            // 2000::/3 is what is given out, without Teredo (2001:0::/32) and 6to4 (2002::/16).
            $bytes = (string) inet_pton($address);
            return (ord($bytes[0]) & 0xe0) === 0x20
                && !str_starts_with($bytes, "\x20\x02")
                && !str_starts_with($bytes, "\x20\x01\x00\x00");
        }
        return preg_match(self::SHARED, $address) !== 1;
    }

    /**
     * The addresses of a host; odd forms of IPv4 addresses, such as 0x7f.1, are resolved like names.
     *
     * @param string $host
     * @return string[]
     */
    protected function addressesOf(string $host): array
    {
        $four = gethostbynamel($host) ?: [];
        if ($four !== []) {
            return $four;
        }
        // phpcs:ignore Magento2.Functions.DiscouragedFunction
        $six = dns_get_record($host, DNS_AAAA) ?: [];
        return array_column($six, 'ipv6');
    }
}
