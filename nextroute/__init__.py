"""NextRoute Portal: the branded, self-service side of businesses that serve customers on recurring routes."""
