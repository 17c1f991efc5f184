"""How well and how fast `loader.quotes` finds quotations, speakers and cues."""
