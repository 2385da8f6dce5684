"""What Chronos' database stores beside plain values: branded ids, labels, and JSON documents of today and before."""
