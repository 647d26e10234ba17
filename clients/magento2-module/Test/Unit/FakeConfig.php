<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Framework\App\Config\ScopeConfigInterface;
use Magento\Framework\Encryption\EncryptorInterface;
use Waldstream\Feeds\Model\Config;

/**
 * The configuration with the defaults of config.xml. As Magento does, it decrypts a stored value whose default in
 * config.xml names an encrypting backend model.
 */
final class FakeConfig implements ScopeConfigInterface, EncryptorInterface
{
    /** @param array<string, string> $values */
    private function __construct(private readonly array $values)
    {
    }

    /** @param array<string, string> $values by path below "waldstream" */
    public static function with(array $values = []): Config
    {
        $usual = ['api/address' => 'http://api.example', 'api/connection' => 'c', 'api/key' => 'yek'];
        $fake = new self([...$usual, ...$values]);
        return new Config($fake, $fake);
    }

    public function getValue(string $path): ?string
    {
        $name = substr($path, strlen('waldstream/'));
        $defaults = simplexml_load_file(__DIR__ . '/../../etc/config.xml');
        $default = $defaults->xpath("/config/default/waldstream/{$name}")[0] ?? null;
        $value = $this->values[$name] ?? ($default === null ? null : (string) $default);
        $isDecrypted = str_ends_with((string) ($default['backend_model'] ?? ''), 'Backend\\Encrypted');
        return $isDecrypted && $value !== null ? $this->decrypt($value) : $value;
    }

    public function isSetFlag(string $path): bool
    {
        return (bool) $this->getValue($path);
    }

    public function decrypt(string $text): string
    {
        return strrev($text);
    }
}
