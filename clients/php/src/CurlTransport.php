<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** Uses ext-curl; keeps the connection open between requests. */
final class CurlTransport implements Transport
{
    private ?\CurlHandle $curl = null;

    public function send(string $url, array $headers, float $timeout, ?string $body = null): Response
    {
        $curl = $this->curl ??= curl_init();
        curl_reset($curl);
        $answered = [];
        $lines = array_map(static fn (string $name): string => "{$name}: {$headers[$name]}", array_keys($headers));
        curl_setopt_array($curl, [
            CURLOPT_URL => $url,
            CURLOPT_HTTPHEADER => $lines,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            // Every encoding that this curl can decode.
            CURLOPT_ENCODING => '',
            CURLOPT_NOSIGNAL => true,
            CURLOPT_TIMEOUT_MS => (int) ($timeout * 1000),
            CURLOPT_HEADERFUNCTION => static function (\CurlHandle $_, string $line) use (&$answered): int {
                [$name, $value] = explode(':', $line, 2) + [1 => ''];
                if ($value !== '') {
                    $answered[strtolower(trim($name))] = trim($value);
                }
                return strlen($line);
            },
        ] + ($body === null ? [] : [CURLOPT_POST => true, CURLOPT_POSTFIELDS => $body]));
        $text = curl_exec($curl);
        // Curl also fails if the answer is shorter than its Content-Length.
        if (!is_string($text)) {
            throw new FeedException('unavailable', 'no complete answer: ' . curl_error($curl), transient: true);
        }
        return new Response((int) curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $answered, $text);
    }
}
