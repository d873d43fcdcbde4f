"""What tests of the whole product share: projects made of text, real servers, real HTTP."""
