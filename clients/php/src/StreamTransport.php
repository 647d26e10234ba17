<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** Uses PHP's streams if ext-curl is not installed. */
final class StreamTransport implements Transport
{
    public function send(string $url, array $headers, float $timeout, ?string $body = null): Response
    {
        if (function_exists('gzdecode')) {
            $headers['Accept-Encoding'] = 'gzip';
        }
        $headers['Connection'] = 'close';
        $lines = array_map(static fn (string $name): string => "{$name}: {$headers[$name]}", array_keys($headers));
        $http = [
            'method' => $body === null ? 'GET' : 'POST',
            'header' => $lines,
            'timeout' => $timeout,
            'follow_location' => 0,
            'ignore_errors' => true,
            'protocol_version' => 1.1,
        ] + ($body === null ? [] : ['content' => $body]);
        $stream = @fopen($url, 'rb', false, stream_context_create(['http' => $http]));
        if ($stream === false) {
            $why = error_get_last()['message'] ?? '';
            throw new FeedException('unavailable', "no answer: {$why}", transient: true);
        }
        $text = stream_get_contents($stream);
        $meta = stream_get_meta_data($stream);
        fclose($stream);
        /** @var list<string> $head */
        $head = is_array($meta['wrapper_data'] ?? null) ? $meta['wrapper_data'] : [];
        return self::responseOf($head, $text === false ? '' : $text, $meta['timed_out']);
    }

    /** @param list<string> $head */
    private static function responseOf(array $head, string $body, bool $timedOut): Response
    {
        $headers = [];
        $status = 0;
        foreach ($head as $line) {
            if (preg_match('~^HTTP/\S+ (\d{3})~', $line, $found) === 1) {
                [$status, $headers] = [(int) $found[1], []];
                continue;
            }
            [$name, $value] = explode(':', $line, 2) + [1 => ''];
            $headers[strtolower(trim($name))] = trim($value);
        }
        $whole = !$timedOut && strlen($body) >= (int) ($headers['content-length'] ?? 0);
        if (strtolower($headers['content-encoding'] ?? '') === 'gzip' && $body !== '') {
            $decoded = @gzdecode($body);
            return new Response($status, $headers, $decoded === false ? '' : $decoded, $whole && $decoded !== false);
        }
        return new Response($status, $headers, $body, $whole);
    }
}
