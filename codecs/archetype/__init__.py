"""What Archetype's databases store beside plain values: branded ids, labels, JSON documents, and their guards."""
