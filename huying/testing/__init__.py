"""What tests and stories lean on: time, people, fake gateways."""
