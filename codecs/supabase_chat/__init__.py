"""What the chat's database stores beside plain values: branded ids, labels, JSON documents."""
