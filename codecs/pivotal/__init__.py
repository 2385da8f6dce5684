"""What Pivotal Flow's database stores beside plain values: branded ids, labels, JSON documents, and their guards."""
